import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command line, as it is built. */
export const CLI: string = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** `countersign` in a process of its own, as an operator would run it. */
export interface CliProcess {
  /** The lines that it has written, up to the one that matches. Rejects where it ends before that. */
  linesUntil(last: RegExp): Promise<readonly string[]>;
  /** Resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts `countersign` with these arguments. */
export function spawnCli(args: readonly string[], env: Readonly<Record<string, string>>): CliProcess {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is for the example, which ends what it has started in the right order.
    detached: true,
  });
  const lines = createInterface({ input: child.stdout });
  return {
    linesUntil: (last) =>
      new Promise((resolve, reject) => {
        const said: string[] = [];
        lines.on('line', (line) => {
          said.push(line);
          if (last.test(line)) resolve(said);
        });
        child.once('error', reject);
        child.once('exit', (code) => {
          reject(new Error(`countersign ${String(args[0])} ended with code ${String(code)} before it was ready`));
        });
      }),
    async end(signal): Promise<void> {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}
