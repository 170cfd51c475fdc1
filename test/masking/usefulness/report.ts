import type { Judgement } from './judgement.js';
import type { UsefulQuery } from './query.js';

/** A query with what came of it by both protocols. */
export interface Measured {
  readonly query: UsefulQuery;
  readonly judgement: Judgement;
  /** The stock answer says nothing: it has no rows, or a column that should be masked is missing or empty. */
  readonly hollow: string | undefined;
}

const OUTCOMES: readonly Judgement['outcome'][] = [
  'masked too much',
  'refused',
  'denied',
  'different',
  'failed',
  'leaked',
];

/** Whether it came out as the suite says: a refusal that could be expected is right. */
export function isRight({ query, judgement }: Measured): boolean {
  return judgement.outcome === 'right' || (judgement.outcome === 'refused' && query.refusable !== undefined);
}

/** The queries that nobody could expect to be refused. */
export function plainOnes(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ query }) => query.refusable === undefined);
}

/** Share of those that came out right, from 0 to 1. */
export function shareOfRight(measured: readonly Measured[]): number {
  return measured.filter(isRight).length / measured.length;
}

/** One line for people. */
export function summaryOf(measured: readonly Measured[]): string {
  const plain = plainOnes(measured);
  const count = (outcome: string, among = plain): number =>
    among.filter(({ judgement }) => judgement.outcome === outcome).length;
  const refusable = measured.filter(({ query }) => query.refusable !== undefined);
  const others = OUTCOMES.map((outcome) => `${String(count(outcome))} ${outcome}`).join(', ');
  const percent = (shareOfRight(plain) * 100).toFixed(1);
  return (
    `usefulness: ${String(plain.length)} queries: ${String(count('right'))} right (${percent} %), ${others}; ` +
    `beside ${String(refusable.length)} that may be refused: ${String(count('refused', refusable))} refused, ` +
    `${String(count('right', refusable))} answered with masks`
  );
}

/** Those that did not come out right, each with its reason. */
export function problemsOf(measured: readonly Measured[]): string {
  return measured
    .filter((one) => !isRight(one))
    .map(lineOf)
    .join('\n');
}

/** Outcome, reason and text. */
export function lineOf({ query, judgement }: Measured): string {
  return `${judgement.outcome}: ${judgement.why}\n    ${query.sql.replaceAll(/\s+/g, ' ')}`;
}
