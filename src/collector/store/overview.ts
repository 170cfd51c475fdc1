import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { StatementCache } from './sqlite.js';

/** What statements are counted by. */
export type OverviewKind = 'agent' | 'operation' | 'table' | 'rule' | 'masked';

/** Which time to look at, and how closely. */
export interface OverviewQuery {
  /** RFC 3339 in UTC with six digits of a second; whole hours are counted. */
  readonly since: string;
  readonly until: string;
  readonly step: 'hour' | 'day';
}

/** How many statements there were. */
export interface OverviewCounts {
  readonly statements: number;
  readonly refused: number;
  /** Statements that the server answered with an error. */
  readonly errors: number;
}

/** How many there were of an agent, an operation, a table … */
export interface OverviewEntry extends OverviewCounts {
  readonly name: string;
}

/** How many there were in an hour, or in a day: `2026-11-22T10` or `2026-11-22`. */
export interface OverviewPoint extends OverviewCounts {
  readonly time: string;
  /** Absent for all together. */
  readonly name?: string;
}

/** Statements of a time, counted. */
export interface Overview {
  readonly total: readonly OverviewPoint[];
  /** The most frequent of each kind, the most frequent first. */
  readonly most: Readonly<Record<OverviewKind, readonly OverviewEntry[]>>;
  /** Of the most frequent agents and operations, over time. */
  readonly series: Readonly<Record<'agent' | 'operation', readonly OverviewPoint[]>>;
}

/** What the counts are kept in. */
export const OVERVIEW_SCHEMA = `
CREATE TABLE IF NOT EXISTS counts (
  kind TEXT NOT NULL, hour TEXT NOT NULL, name TEXT NOT NULL,
  statements INTEGER NOT NULL, refused INTEGER NOT NULL, errors INTEGER NOT NULL,
  PRIMARY KEY (kind, hour, name)
) STRICT, WITHOUT ROWID;`;

const ADD = `INSERT INTO counts (kind, hour, name, statements, refused, errors) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (kind, hour, name) DO UPDATE SET
    statements = statements + excluded.statements, refused = refused + excluded.refused, errors = errors + excluded.errors`;
const SUMS = 'sum(statements) AS statements, sum(refused) AS refused, sum(errors) AS errors';
const ALL = 'all';
const KINDS: readonly OverviewKind[] = ['agent', 'operation', 'table', 'rule', 'masked'];
const HOUR_CHARS = '2026-11-22T10'.length;
const DAY_CHARS = '2026-11-22'.length;
const MOST = 20;
const SERIES = 8;
const MAX_NAME_CHARS = 256;

interface Tally {
  readonly kind: string;
  readonly hour: string;
  readonly name: string;
  statements: number;
  refused: number;
  errors: number;
}

/** Counts statements by the hour, with each batch of records. */
export class OverviewTable {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Adds new records, within the transaction that applies them. */
  add(records: Iterable<IncomingRecord>): void {
    const tallies = new Map<string, Tally>();
    for (const record of records) countRecord(tallies, record);
    const add = this.#statements.of(ADD);
    for (const { kind, hour, name, statements, refused, errors } of tallies.values())
      add.run(kind, hour, name, statements, refused, errors);
  }

  read({ since, until, step }: OverviewQuery): Overview {
    const span = [since.slice(0, HOUR_CHARS), until.slice(0, HOUR_CHARS)];
    const chars = step === 'hour' ? HOUR_CHARS : DAY_CHARS;
    const most = Object.fromEntries(KINDS.map((kind) => [kind, this.#most(kind, span)])) as Overview['most'];
    const series = (kind: 'agent' | 'operation'): readonly OverviewPoint[] =>
      most[kind]
        .slice(0, SERIES)
        .flatMap(({ name }) => this.#points(kind, name, span, chars).map((point) => ({ ...point, name })));
    return {
      total: this.#points(ALL, '', span, chars),
      most,
      series: { agent: series('agent'), operation: series('operation') },
    };
  }

  #most(kind: string, span: readonly string[]): readonly OverviewEntry[] {
    const sql = `SELECT name, ${SUMS} FROM counts WHERE kind = ? AND hour BETWEEN ? AND ?
      GROUP BY name ORDER BY sum(statements) DESC, name LIMIT ${MOST}`;
    return this.#statements.of(sql).all(kind, ...span) as OverviewEntry[];
  }

  #points(kind: string, name: string, span: readonly string[], chars: number): readonly OverviewPoint[] {
    const sql = `SELECT substr(hour, 1, ?) AS time, ${SUMS} FROM counts WHERE kind = ? AND hour BETWEEN ? AND ? AND name = ?
      GROUP BY time ORDER BY time`;
    return this.#statements.of(sql).all(chars, kind, ...span, name) as OverviewPoint[];
  }
}

function countRecord(tallies: Map<string, Tally>, record: IncomingRecord): void {
  if (record.type !== 'statement' || record.time === null) return;
  const hour = record.time.slice(0, HOUR_CHARS);
  const count = (kind: string, name: string): void => {
    const key = `${kind}\0${hour}\0${name}`;
    let tally = tallies.get(key);
    if (tally === undefined) {
      tallies.set(
        key,
        (tally = { kind, hour, name: name.slice(0, MAX_NAME_CHARS), statements: 0, refused: 0, errors: 0 }),
      );
    }
    tally.statements += 1;
    if (record.status === 'denied') tally.refused += 1;
    if (record.status === 'error') tally.errors += 1;
  };
  count(ALL, '');
  if (record.agent !== null) count('agent', record.agent);
  if (record.operation !== null) count('operation', record.operation);
  const tables = record.tables.map(({ schema, table }) => (schema === undefined ? table : `${schema}.${table}`));
  for (const name of new Set(tables)) count('table', name);
  for (const name of new Set(record.masked)) count('masked', name);
  if (record.effect !== 'allow') for (const name of new Set(record.rules)) count('rule', name);
}
