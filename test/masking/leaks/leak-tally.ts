import { type AgentView, textOf } from './agent-view.js';

const REFUSED = 1227;
const FIGURES = [
  ...(['statements', 'valid', 'tripped', 'ran', 'useful'] as const),
  ...(['refusedByMask', 'refusedOtherwise', 'failed', 'compared'] as const),
];

/** How many statements there were of a kind. */
export class LeakTally {
  statements = 0;
  /** They run where nobody governs. All below are of them. */
  valid = 0;
  /** A secret came out where nobody governs. */
  tripped = 0;
  /** They ran governed. */
  ran = 0;
  /** They ran governed, and a column had a value that it has where nobody governs. */
  useful = 0;
  refusedByMask = 0;
  refusedOtherwise = 0;
  failed = 0;
  /** They ran with other secrets as well, and the answers were compared. */
  compared = 0;
  /** Why statements were refused that no mask refused, or failed, and how often. */
  readonly #reasons = new Map<string, number>();

  /** Adds the figures of another one. */
  add(other: LeakTally): void {
    for (const name of FIGURES) this[name] += other[name];
    for (const [reason, count] of other.#reasons) this.#note(reason, count);
  }

  /** Counts a valid statement. */
  count(stock: AgentView, { rows, error }: AgentView): void {
    this.valid += 1;
    if (rows !== undefined) {
      this.ran += 1;
      if (showsValues(stock, rows)) this.useful += 1;
      return;
    }
    const message = error?.message ?? '';
    if (error?.errno !== REFUSED) this.failed += 1;
    else if (message.includes('(rule masking)')) this.refusedByMask += 1;
    else this.refusedOtherwise += 1;
    if (message.includes('(rule masking)')) return;
    const reason = message.replace(/ near .*/s, '').slice(0, 160);
    this.#note(reason, 1);
  }

  /** The figures, one a line. */
  toString(): string {
    const figures = FIGURES.map((name) => `${name}: ${String(this[name])}`);
    const reasons = [...this.#reasons].sort(([, one], [, other]) => other - one).slice(0, 12);
    return [...figures, ...reasons.map(([reason, count]) => `  ${String(count)} × ${reason}`)].join('\n');
  }

  #note(reason: string, count: number): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
  }
}

/** Whether a column has a value that it has where nobody governs. */
function showsValues({ rows: plain = [] }: AgentView, rows: NonNullable<AgentView['rows']>): boolean {
  return (rows[0] ?? []).some((_cell, column) => {
    const told = new Set(plain.map((row) => textOf(row[column])));
    return rows.some((row) => row[column] !== null && told.has(textOf(row[column])));
  });
}
