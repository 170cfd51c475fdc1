/** Writes the figures of a run for people, or as JSON. */
import type { Comparison } from './comparison.js';
import type { Share, Tally } from './tally.js';

/** What a run was over. */
export interface RunFacts {
  readonly server: string;
  readonly files: number;
  readonly statements: number;
  readonly distinct: number;
  readonly probed: number;
  readonly seconds: number;
}

const MOST_REASONS = 40;
const MOST_CHARACTERS = 220;

/** Share of statements understood, in percent. */
function percent({ accepted, understood }: Share): string {
  return accepted === 0 ? '–' : `${((understood / accepted) * 100).toFixed(2)} %`;
}

/** The figures as one object. */
export function asJson(facts: RunFacts, tally: Tally): object {
  return {
    ...facts,
    dml: tally.dml,
    verbs: Object.fromEntries(tally.verbs),
    reasons: sorted(tally).map(([reason, { count, examples }]) => ({ reason, count, examples })),
    faults: tally.faults,
  };
}

/** The figures as text. */
export function asText(facts: RunFacts, tally: Tally): string {
  const perTenThousand = (facts.seconds / Math.max(facts.probed, 1)) * 10_000;
  return [
    `${facts.server}: ${String(facts.files)} files, ${String(facts.statements)} statements, ${String(facts.distinct)} distinct, ` +
      `${String(facts.probed)} probed in ${facts.seconds.toFixed(0)} s (${perTenThousand.toFixed(0)} s for 10,000)`,
    '',
    row('verb', 'accepted', 'understood', ''),
    line('all DML', tally.dml),
    ...[...tally.verbs].sort(([, a], [, b]) => b.accepted - a.accepted).map(([verb, share]) => line(verb, share)),
    '',
    'Why DML is not understood, most frequent first:',
    ...sorted(tally)
      .slice(0, MOST_REASONS)
      .flatMap(([reason, { count, examples }]) => [`${String(count).padStart(6)}  ${reason}`, ...examples.map(quote)]),
    '',
    `Tables missed, writes read as reads and wrong splits: ${String(tally.dmlFaults.length)} of DML, ${String(tally.faults.length)} of all statements`,
    ...tally.faults.flatMap((fault) => [`  ${fault.faults.join('; ')}`, quote(fault)]),
    '',
  ].join('\n');
}

function sorted(tally: Tally): [string, { count: number; examples: Comparison[] }][] {
  return [...tally.reasons].sort(([, a], [, b]) => b.count - a.count);
}

function line(name: string, share: Share): string {
  return row(name, String(share.accepted), String(share.understood), percent(share));
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join('');
}

function quote({ sql, place }: Comparison): string {
  const text = sql.replaceAll(/\s+/g, ' ');
  return `          ${place.split('/').slice(-2).join('/')}  ${text.slice(0, MOST_CHARACTERS)}${text.length > MOST_CHARACTERS ? ' …' : ''}`;
}
