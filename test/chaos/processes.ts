import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of this test, to be killed at any time. */
export interface Process {
  /** The first line that it wrote. */
  readonly line: string;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a script, relative to this folder, and waits for its first line. @throws Error where it ends before */
export async function startProcess(script: string, ...args: readonly string[]): Promise<Process> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data').then(([data]) => String(data).trim()),
    exited.then(([code, signal]) => {
      throw new Error(`${script} ended before it ran: ${String(code ?? signal)}`);
    }),
  ]);
  return {
    line,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
