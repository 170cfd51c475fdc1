/**
 * The journal by itself: what a statement costs the thread that runs it, how many are taken a second, and how memory grows. In a process of its
 * own, without a database.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import { startReceiver } from './receiver-process.js';

/** What a process of this bench is to do. */
export interface JournalOrder {
  readonly directory: string;
  /** URL. */
  readonly receiver: string;
  readonly statements: number;
  readonly inFlight: number;
}

/** What it found. */
export interface JournalRound {
  /** CPU of the caller's thread for each statement, delivery included, turns of the event loop not, in µs. */
  readonly callerMicros: number;
  /** While nothing held it back. */
  readonly appendedPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Bytes of memory more than after the first 50,000. */
  readonly growth: number;
}

const program = fileURLToPath(new URL('journal-process.ts', import.meta.url));

/** @param statements - of each run */
export async function journal(statements: number): Promise<readonly Figure[]> {
  const one = await round(statements, 1);
  const many = await round(statements, 16);
  const megabytes = Math.max(one.growth, many.growth) / 2 ** 20;
  return [
    { name: 'caller thread, 1 in flight', measured: one.callerMicros, goal: 3, unit: 'µs' },
    { name: 'caller thread, 16 in flight', measured: many.callerMicros, goal: 3, unit: 'µs' },
    { name: 'appended, 16 in flight', measured: 1e6 / many.appendedPerSecond, goal: 10, unit: 'µs' },
    { name: 'delivered, 16 in flight', measured: 1e6 / many.deliveredPerSecond, goal: 100, unit: 'µs' },
    { name: `memory after ${statements} more records`, measured: megabytes, goal: 64, unit: 'MB' },
  ];
}

async function round(statements: number, inFlight: number): Promise<JournalRound> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const receiver = await startReceiver();
  const order: JournalOrder = { directory, receiver: receiver.url, statements, inFlight };
  const child = fork(program, [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the process of the journal's bench ended with code ${String(code)}`);
  });
  failed.catch(() => undefined);
  const [found] = (await Promise.race([once(child, 'message'), failed])) as [JournalRound];
  await receiver.stop();
  await rm(directory, { recursive: true, force: true });
  return found;
}
