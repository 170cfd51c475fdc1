/** Counts what comparisons found. */
import { type Comparison, DML } from './comparison.js';

/** How many statements were accepted, and how many of them understood. */
export interface Share {
  accepted: number;
  understood: number;
}

/** A reason for not understanding, and whom it met. */
export interface Reason {
  count: number;
  readonly examples: Comparison[];
}

const EXAMPLES = 3;

/** The figures of a run. */
export class Tally {
  readonly verbs: Map<string, Share> = new Map();
  /** By the problem, most statements of DML only. */
  readonly reasons: Map<string, Reason> = new Map();
  readonly faults: Comparison[] = [];

  /** All statements that read or change rows. */
  get dml(): Share {
    const total = { accepted: 0, understood: 0 };
    for (const verb of DML) {
      const share = this.verbs.get(verb);
      total.accepted += share?.accepted ?? 0;
      total.understood += share?.understood ?? 0;
    }
    return total;
  }

  /** Faults of statements that read or change rows. */
  get dmlFaults(): readonly Comparison[] {
    return this.faults.filter(({ verb }) => DML.includes(verb));
  }

  add(comparison: Comparison): void {
    const { verb, problem, faults } = comparison;
    const share = this.verbs.get(verb) ?? { accepted: 0, understood: 0 };
    this.verbs.set(verb, share);
    share.accepted += 1;
    if (problem === undefined) share.understood += 1;
    else if (DML.includes(verb)) this.#explain(reasonOf(problem), comparison);
    if (faults.length > 0) this.faults.push(comparison);
  }

  #explain(reason: string, comparison: Comparison): void {
    const known = this.reasons.get(reason) ?? { count: 0, examples: [] };
    this.reasons.set(reason, known);
    known.count += 1;
    if (known.examples.length < EXAMPLES) known.examples.push(comparison);
  }
}

/** A problem without what is particular to the statement: the first words of what could not be read stay. */
function reasonOf(problem: string): string {
  return problem.replace(/near ("(?:[^"\\]|\\.)*")/, (_, quoted: string) => {
    const words = String(JSON.parse(quoted)).trim().split(/\s+/);
    return `near ${words.slice(0, 2).join(' ').slice(0, 24)}`;
  });
}
