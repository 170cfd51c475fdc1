import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AuditRecord, StatementRecord } from 'countersign';
import { CLI, type CliProcess, spawnCli } from './cli-process.js';
import { whenOver } from './play.js';
import { heading, say, step } from './screen.js';

/** What a client of the collector shows. */
export const COLLECTOR_TOKEN = 'demo-collector-token';

/** The reference collector in a process of its own, as an operator would run it. */
export interface CollectorProcess {
  readonly url: string;
  /** SIGKILL: no time for last words. */
  kill(): Promise<void>;
  /** Starts it again after that, where it was. */
  start(): Promise<void>;
}

/**
 * Starts `countersign collector` on a free port, and waits until it is ready. It ends with the example.
 * @param options more of the command
 */
export async function startCollectorProcess(
  directory: string,
  options: readonly string[] = [],
): Promise<CollectorProcess> {
  const spawnOn = (port: string): CliProcess =>
    spawnCli(['collector', '--dir', directory, '--port', port, ...options], {
      COUNTERSIGN_COLLECTOR_TOKEN: COLLECTOR_TOKEN,
    });
  const ready = async ({ linesUntil }: CliProcess): Promise<string> => {
    const [line = ''] = await linesUntil(/ listening on /);
    return line.slice(line.indexOf('http'));
  };
  let running = spawnOn('0');
  whenOver(() => running.end('SIGTERM'));
  const url = await ready(running);
  return {
    url,
    kill: () => running.end('SIGKILL'),
    async start(): Promise<void> {
      running = spawnOn(new URL(url).port);
      await ready(running);
    },
  };
}

/** What `countersign tail` prints of the last 100 records, in colour where this terminal has it. */
async function tail(url: string, ...flags: readonly string[]): Promise<string> {
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? { FORCE_COLOR: '1' } : {};
  const env = { ...process.env, ...colour, COUNTERSIGN_COLLECTOR_TOKEN: COLLECTOR_TOKEN };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [CLI, 'tail', '--url', url, '-n', '100', ...flags], { env });
  return stdout;
}

/**
 * Shows what `countersign tail` prints of the last records at the collector.
 * @param flags of the command, which narrow it down
 * @returns the records of statements among them
 */
export async function showTail({ url }: CollectorProcess, ...flags: readonly string[]): Promise<StatementRecord[]> {
  heading('What the collector knows');
  step(['countersign tail --url', url, ...flags].join(' '));
  say();
  process.stdout.write(await tail(url, ...flags));
  const lines = (await tail(url, ...flags, '--json')).trim().split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditRecord)
    .filter((record): record is StatementRecord => record.type === 'statement');
}
