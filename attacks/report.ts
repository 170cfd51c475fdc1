import { KNOWN_GAPS } from './known-gaps.js';
import type { AttackResult } from './run-attack.js';

/** How a run is to be judged: under Countersign no attack may work, without it each one has to. */
export interface Expectation {
  readonly unprotected: boolean;
}

/** The results that should not be: what got through, or, unprotected, what its oracle did not catch. */
export function surprises(results: readonly AttackResult[], { unprotected }: Expectation): AttackResult[] {
  const wanted = unprotected ? 'through' : 'stopped';
  return results.filter(({ outcome }) => outcome !== wanted && outcome !== 'not applicable');
}

const OUTCOMES = ['stopped', 'through', 'undecided', 'not applicable'] as const;

/** The figures by target, rule and category, and what is not as it should be. */
export function describeResults(results: readonly AttackResult[], expectation: Expectation): string {
  const wrong = surprises(results, expectation);
  const heading = expectation.unprotected ? 'not caught by their oracles' : 'got through';
  return [
    ...tableOf(results),
    '',
    wrong.length === 0 ? `None ${heading}.` : `${wrong.length} ${heading}:`,
    ...wrong.map(describeResult),
    '',
  ].join('\n');
}

/** One result as a line of JSON. */
export function resultLine({ attack, outcome, detail, answer }: AttackResult): string {
  const { id, target, rule, category } = attack;
  return JSON.stringify({ id, target, rule, category, outcome, detail, answer, knownGap: KNOWN_GAPS.get(id) });
}

function tableOf(results: readonly AttackResult[]): string[] {
  const counts = new Map<string, number[]>();
  const count = (name: string, outcome: AttackResult['outcome']): void => {
    const row = counts.get(name) ?? OUTCOMES.map(() => 0);
    counts.set(name, row);
    const column = OUTCOMES.indexOf(outcome);
    row[column] = (row[column] ?? 0) + 1;
  };
  for (const { attack, outcome } of results) count(`${attack.target} ${attack.category}`, outcome);
  for (const { attack, outcome } of results) count(`all ${attack.target}`, outcome);
  const line = (name: string, cells: readonly unknown[]): string =>
    name.padEnd(34) + cells.map((cell) => String(cell).padStart(16)).join('');
  return [line('', OUTCOMES), ...[...counts].map(([name, row]) => line(name, row))];
}

function describeResult({ attack, outcome, detail, answer }: AttackResult): string {
  const text = attack.attack.join('; ') || attack.call || (attack.raw?.kind ?? '');
  const known = KNOWN_GAPS.get(attack.id);
  return [
    `  ${attack.id} ${attack.rule ?? attack.target} (${attack.category}): ${text.slice(0, 200)}`,
    `      ${outcome}: ${detail.slice(0, 300)}`,
    ...(answer === '' ? [] : [`      last answer: ${answer.slice(0, 200)}`]),
    ...(known === undefined ? [] : [`      known: ${known}`]),
  ].join('\n');
}
