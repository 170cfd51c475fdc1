import { type JournalLedger, type Run, toPrev } from './journal-ledger.js';

/** Records of a run that are part of the chain. */
export interface Piece {
  readonly run: Run;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** The chain as far as it can be put together from what was found. */
export interface Assembly {
  /** In the order of their numbers. */
  readonly pieces: readonly Piece[];
  /** Numbers whose record stands there with other bytes than the next one says. */
  readonly edited: ReadonlySet<number>;
  /** First and last number of what is not there. */
  readonly missing: readonly (readonly [number, number])[];
}

/** The line of a record of a piece. */
export const lineOf = ({ run }: Piece, seq: number): number => run.start + seq - run.firstSeq;

const lastSeqOf = (run: Run): number => run.firstSeq + run.count - 1;
const holds = (run: Run, seq: number): boolean => run.firstSeq > 0 && run.firstSeq <= seq && lastSeqOf(run) >= seq;

/**
 * Puts the chain together from its end: each record names the bytes of the one before it, so that what is found by its hash is what was written.
 * @param top - the run that holds the end, and the last number of the chain
 * @param base - number of the first record that can be there
 */
export class ChainAssembler {
  readonly #ledger: JournalLedger;
  readonly #runs: readonly Run[];
  readonly #base: number;
  readonly #pieces: Piece[] = [];
  readonly #edited = new Set<number>();
  readonly #missing: (readonly [number, number])[] = [];

  constructor(ledger: JournalLedger, runs: readonly Run[], base: number) {
    this.#ledger = ledger;
    this.#runs = runs;
    this.#base = base;
  }

  assemble(top: Run, topSeq: number): Assembly {
    let run = top;
    let last = topSeq;
    let isTrusted = true;
    for (;;) {
      this.#pieces.unshift({ run, firstSeq: run.firstSeq, lastSeq: last });
      const need = run.firstSeq - 1;
      if (need < this.#base) break;
      // The `prev` of a record that was edited may be what was edited.
      const next = this.#before(run, need, isTrusted);
      if (next === undefined) {
        this.#missing.unshift([this.#base, need]);
        break;
      }
      [run, last] = next;
      isTrusted = !this.#edited.has(run.firstSeq);
    }
    return { pieces: this.#pieces, edited: this.#edited, missing: this.#missing };
  }

  /** The run that holds the record before a run, or the nearest one that is there. */
  #before(run: Run, need: number, isTrusted: boolean): readonly [Run, number] | undefined {
    const candidates = this.#runs.filter((found) => found !== run && holds(found, need));
    const exact = candidates.find((found) => this.#prevOf(found, need) === run.firstPrev);
    if (exact !== undefined) return [exact, need];
    const standIn = nearest(candidates, run);
    if (standIn !== undefined) {
      if (isTrusted) this.#edited.add(need);
      return [standIn, need];
    }
    const below = this.#runs.filter((found) => found.firstSeq >= this.#base && lastSeqOf(found) < need);
    const highest = Math.max(...below.map(lastSeqOf));
    const next = nearest(
      below.filter((found) => lastSeqOf(found) === highest),
      run,
    );
    if (next === undefined) return undefined;
    this.#missing.unshift([highest + 1, need]);
    return [next, highest];
  }

  #prevOf(run: Run, seq: number): string {
    return toPrev(this.#ledger.chain.at(run.start + seq - run.firstSeq));
  }
}

/** Of several, the one that stands closest before a run. */
function nearest(runs: readonly Run[], to: Run): Run | undefined {
  const distance = (run: Run): number => (run.start < to.start ? to.start - run.start : Number.MAX_SAFE_INTEGER);
  return [...runs].sort((a, b) => distance(a) - distance(b))[0];
}

/**
 * Gives records whose number was changed the number that their place in the chain says: they follow the record before them, but for that.
 * @returns all runs, and the numbers that were changed
 */
export function renumber(ledger: JournalLedger): { runs: Run[]; renumbered: Map<number, Run> } {
  const renumbered = new Map<number, Run>();
  const runs: Run[] = [];
  for (const run of ledger.runs) {
    const before = runs.at(-1);
    const isNext =
      before !== undefined &&
      before.firstSeq > 0 &&
      run.firstSeq > 0 &&
      run.firstPrev === toPrev(ledger.chain.at(run.start - 1));
    const seq = isNext ? lastSeqOf(before) + 1 : run.firstSeq;
    if (!isNext || seq === run.firstSeq) runs.push(run);
    else {
      const found = { ...run, firstSeq: seq };
      renumbered.set(seq, found);
      runs.push(found);
    }
  }
  return { runs, renumbered };
}

/**
 * The end of the chain: the last checkpoint where there is a right one; else what goes on longest from the longest run.
 * @param closeLine - line of the checkpoint that closes the journal
 */
export function endOf(runs: readonly Run[], closeLine: number | undefined): readonly [Run, number] | undefined {
  if (closeLine !== undefined) {
    const run = runs.find(({ start, count }) => start <= closeLine && closeLine < start + count);
    if (run !== undefined && run.firstSeq > 0) return [run, run.firstSeq + closeLine - run.start];
  }
  const records = runs.filter(({ firstSeq }) => firstSeq > 0);
  let top = [...records].sort((a, b) => b.count - a.count)[0];
  if (top === undefined) return undefined;
  for (;;) {
    const last = lastSeqOf(top);
    const after = records.filter((run) => lastSeqOf(run) > last && goesOn(run, last, runs.at(-1)));
    const longest = [...after].sort((a, b) => lastSeqOf(b) - lastSeqOf(a))[0];
    if (longest === undefined) break;
    top = longest;
  }
  return [top, lastSeqOf(top)];
}

/** A single record far off is more likely one that was put in than one before which all others were taken out; unless nothing stands behind it. */
function goesOn(run: Run, last: number, final: Run | undefined): boolean {
  return run.count > 1 || run === final || run.firstSeq <= last + 2;
}
