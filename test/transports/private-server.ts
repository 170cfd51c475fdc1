/** A receiver that a test starts, kills and starts again. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { supervise } from '../database/supervisor.js';
import { afterThisTest, eventually } from '../audit/trail-fixtures.js';
import type { DebianProgram } from './debian-program.js';

/** A server that is killed after the test at the latest. */
export interface PrivateServer {
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** Ends it at once, by SIGKILL. */
  kill(): Promise<void>;
}

/**
 * @param isReady - is given the log of this start
 */
export function privateServer(
  { path, env }: DebianProgram,
  args: readonly string[],
  isReady: (log: string) => boolean | Promise<boolean>,
): PrivateServer {
  let stop: () => Promise<void> = async () => undefined;
  const start = async (): Promise<void> => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-receiver-'));
    const run = supervise({ command: path, args, directory, env });
    stop = run.stop;
    run.start();
    const log = (): string => readIfThere(join(directory, 'server.log'));
    await eventually(async () => run.hasEnded() || (await isReady(log())), `${path} is ready`);
    if (run.hasEnded()) throw new Error(`${path} did not start: ${log()}`);
  };
  const kill = (): Promise<void> => stop();
  afterThisTest(kill);
  return { start, kill };
}

export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
