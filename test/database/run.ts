/** Runs a program to its end, without a shell and with no input. */
import { spawn } from 'node:child_process';

/** How a program ended. */
export interface RunResult {
  /** Exit status 0. */
  readonly ok: boolean;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/**
 * Runs a program and waits for it. Never rejects: a program that cannot be started is one that failed.
 * @param env - Added to the environment of this process.
 */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
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
