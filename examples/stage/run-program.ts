import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { whenOver } from './play.js';
import { say } from './screen.js';

/**
 * Runs a program to its end, and shows what it prints. It ends with the example.
 * @throws Error where it fails
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is for the example, which ends what it has started.
    detached: true,
  });
  const exited = once(child, 'close');
  whenOver(async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await exited;
  });
  createInterface({ input: child.stdout }).on('line', (line) => say(`   ${line}`));
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with code ${String(code)}`);
}
