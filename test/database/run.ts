/** Runs a program to its end. */
import { spawn } from 'node:child_process';

/** How a program ended. */
export interface RunResult {
  /** Exit status 0. */
  readonly ok: boolean;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

// Waits for a line before it becomes the program. Its end of file means that we died before somebody knew of it.
const HELD = ['/bin/sh', '-c', 'read -r _ && exec "$@" </dev/null', 'countersign-run'];

/** How a program is run. */
export interface RunOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of this process. */
  readonly cwd?: string;
  /** After which it is killed. Default: never. */
  readonly timeoutMs?: number;
  /** Makes a process group of the program and what it starts, and is told its id before the program starts. */
  readonly onGroup?: (id: number) => void;
}

/** Runs a program and waits for it. Never rejects: a program that cannot be started is one that failed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env = {}, cwd, timeoutMs, onGroup } = options;
  const [file = command, ...rest] = onGroup === undefined ? [command, ...args] : [...HELD, command, ...args];
  return new Promise((resolve) => {
    const child = spawn(file, rest, {
      detached: onGroup !== undefined,
      cwd,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...env },
    });
    child.stdin.on('error', () => undefined);
    if (onGroup !== undefined && child.pid !== undefined) {
      onGroup(child.pid);
      child.stdin.write('go\n');
    }
    child.stdin.end();
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => {
      resolve({ ok: false, output: error.message });
    });
    child.once('close', (status) => {
      resolve({ ok: status === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** The last lines of a program's output or log, for a message. */
export function lastLines(text: string, count = 15): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
