import { BatchLost, type Leak, LeakBatch } from './leak-batch.js';
import { LeakTally } from './leak-tally.js';
import { type Side, startSide } from './side.js';

/** Statements to run: those of a seed, from one index up to, not including, another. */
export interface LeakOrder {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** What came of statements. */
export interface LeakReport {
  readonly tally: LeakTally;
  /** Secrets that were recognised. */
  readonly leaks: readonly Leak[];
  /** Statements that answer something else where the secrets are others. */
  readonly tells: readonly Leak[];
  /** Indexes of statements that were left out: one of those beside each other ended the server, governed or not. */
  readonly suspects: readonly number[];
}

const BATCH = 250;
/** After so many, there is a new server, and a new list of records. */
const ROUND = 5_000;

/** Runs statements in batches, each again without its suspects where it ended the server. */
export async function runLeaks({ seed, from, to }: LeakOrder): Promise<LeakReport> {
  const report = { tally: new LeakTally(), leaks: [] as Leak[], tells: [] as Leak[], suspects: [] as number[] };
  let at = from;
  while (at < to) {
    const side = await startSide();
    try {
      for (const end = Math.min(at + ROUND, to); at < end; at += BATCH) {
        const indexes = Array.from({ length: Math.min(BATCH, end - at) }, (_, step) => at + step);
        await runBatch(side, seed, indexes, report);
      }
    } catch (error) {
      if (!(error instanceof BatchLost)) throw error;
      report.suspects.push(...error.suspects);
    } finally {
      await side.close();
    }
  }
  return report;
}

async function runBatch(
  side: Side,
  seed: number,
  indexes: readonly number[],
  report: { readonly tally: LeakTally; leaks: Leak[]; tells: Leak[]; suspects: number[] },
): Promise<void> {
  const batch = new LeakBatch(side);
  await batch.run(
    seed,
    indexes.filter((index) => !report.suspects.includes(index)),
  );
  report.tally.add(batch.tally);
  report.leaks.push(...batch.leaks);
  report.tells.push(...batch.tells);
}
