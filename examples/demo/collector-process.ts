import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** The reference collector in a process of its own, as an operator would run it. */
export interface CollectorProcess {
  readonly url: string;
  /** SIGKILL: no time for last words. */
  kill(): Promise<void>;
}

/**
 * Starts `countersign collector` and waits for the line with its URL.
 * @param port 0 for a free one
 */
export async function startCollectorProcess(directory: string, token: string, port: number): Promise<CollectorProcess> {
  const child: ChildProcess = spawn(process.execPath, [cli, 'collector', '--dir', directory, '--port', String(port)], {
    env: { ...process.env, COUNTERSIGN_COLLECTOR_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the collector has no output');
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the collector ended with code ${String(code)} before it was ready`));
    });
    lines.on('line', (line) => {
      const found = /http:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    async kill(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What `countersign tail` prints of the last 100 records, in colour where this terminal has it. */
export async function tail(url: string, token: string, ...flags: readonly string[]): Promise<string> {
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? { FORCE_COLOR: '1' } : {};
  const env = { ...process.env, ...colour, COUNTERSIGN_COLLECTOR_TOKEN: token };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [cli, 'tail', '--url', url, '-n', '100', ...flags], { env });
  return stdout;
}
