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
import type { Goal, Result, Unit } from './report/result.js';
import { spreadOf } from './report/spread.js';
import type { Scenario } from './scenario.js';
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

const STATEMENTS = 1_000_000;

/** The scenario. */
export const journal: Scenario = {
  name: 'journal',
  about: 'an audit trail without a database: CPU of the caller, rates, memory',
  async run({ rounds, records = STATEMENTS }) {
    const [one, many]: [JournalRound[], JournalRound[]] = [[], []];
    // Each is a process of its own, and takes long.
    for (let turn = 0; turn < Math.ceil(rounds / 3); turn += 1) {
      one.push(await round(records, 1));
      many.push(await round(records, 16));
    }
    return results(one, many);
  },
};

function results(one: readonly JournalRound[], many: readonly JournalRound[]): readonly Result[] {
  const callerMicros = (found: JournalRound): number => found.callerMicros;
  const growth = one.map((found, index) => Math.max(found.growth, many[index]?.growth ?? 0) / 2 ** 20);
  const figure = (name: string, unit: Unit, values: readonly number[], goal: Omit<Goal, 'of'>): Result => {
    return { scenario: 'journal', name, unit, measured: spreadOf(values), goal: { of: 'measured', ...goal } };
  };
  return [
    figure('caller thread, 1 in flight', 'µs', one.map(callerMicros), { is: 'at most', limit: 3 }),
    figure('caller thread, 16 in flight', 'µs', many.map(callerMicros), { is: 'at most', limit: 3 }),
    figure(
      'appended, 16 in flight',
      '/s',
      many.map(({ appendedPerSecond }) => appendedPerSecond),
      {
        ...{ is: 'at least', limit: 100_000 },
      },
    ),
    figure(
      'delivered, 16 in flight',
      '/s',
      many.map(({ deliveredPerSecond }) => deliveredPerSecond),
      {
        ...{ is: 'at least', limit: 10_000 },
      },
    ),
    figure('memory, more than after 50,000', 'MB', growth, { is: 'at most', limit: 64 }),
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
