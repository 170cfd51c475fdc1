import { LRUCache } from 'lru-cache';

import type { AlertRate, CheckedAlertRules } from '../alerts/alert-rules.js';
import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { StatementCache } from './sqlite.js';
import type { PlacedRecord } from './placed-record.js';
import type { WitnessFinding } from './witness-findings.js';

/** What somebody is told of. */
export interface Alert {
  readonly position: number;
  /** When it was noticed: RFC 3339, UTC. */
  readonly time: string;
  readonly kind: 'refusals' | 'masked-reads' | 'new-table' | 'chain';
  /** The agent's subject; null where it is about none. */
  readonly agent: string | null;
  readonly message: string;
  /** The record that it was noticed by. */
  readonly record: string;
}

/** What alerts are made of. */
export const ALERTS_SCHEMA = `
CREATE TABLE IF NOT EXISTS alerts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL, kind TEXT NOT NULL, agent TEXT, message TEXT NOT NULL, record TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_untold ON alerts (told) WHERE told = 0;
CREATE TABLE IF NOT EXISTS agent_minutes (
  kind TEXT NOT NULL, agent TEXT NOT NULL, minute INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (kind, agent, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alerted (
  kind TEXT NOT NULL, agent TEXT NOT NULL, minute INTEGER NOT NULL, PRIMARY KEY (kind, agent)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agents (agent TEXT PRIMARY KEY, statements INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent_tables (
  agent TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (agent, name)
) STRICT, WITHOUT ROWID;`;

const MINUTE_MS = 60_000;
const AHEAD_MS = 300_000;
const MAX_CHARS = 1_000;
/** Minutes of the longest rate that can be asked for. */
const KEPT_MINUTES = 1_440;
const MAX_TOUCHED = 20_000;

type NewAlert = Omit<Alert, 'position' | 'time'>;

/** Notices what somebody is to be told of, in the records as they come. By the times of the records: what comes late is counted where it belongs. */
export class AlertTable {
  readonly #statements: StatementCache;
  readonly #rules: CheckedAlertRules;
  /** What agents have touched lately, that is noted. */
  readonly #touched = new LRUCache<string, true>({ max: MAX_TOUCHED });

  constructor(statements: StatementCache, rules: CheckedAlertRules) {
    this.#statements = statements;
    this.#rules = rules;
  }

  /** Looks at new records, within the transaction that applies them. */
  add(placed: readonly PlacedRecord[], findings: readonly WitnessFinding[], now: string): void {
    const statements = placed
      .map(({ record }) => record)
      .filter(({ type, agent }) => type === 'statement' && agent !== null);
    const { refusals, maskedReads, newTables, chain } = this.#rules;
    const found = [
      ...this.#rate('refusals', refusals, statements, ({ status }) => status === 'denied', 'statements were refused'),
      ...this.#rate(
        'masked-reads',
        maskedReads,
        statements,
        ({ masked }) => masked.length > 0,
        'answers had masked columns',
      ),
      ...(newTables === false ? [] : this.#newTables(statements, newTables.afterStatements)),
      ...(chain ? findings.map(alertOf) : []),
    ];
    for (const alert of found) this.#keep(alert, now);
  }

  /** What was noted in a transaction that failed was not noted. */
  forget(): void {
    this.#touched.clear();
  }

  #rate(
    kind: 'refusals' | 'masked-reads',
    rate: AlertRate | false,
    statements: readonly IncomingRecord[],
    counts: (record: IncomingRecord) => boolean,
    what: string,
  ): NewAlert[] {
    if (rate === false) return [];
    const latest = new Map<string, { record: IncomingRecord; minute: number }>();
    const minutes = new Map<string, { agent: string; minute: number; n: number }>();
    for (const record of statements) {
      if (!counts(record) || record.agent === null) continue;
      const minute = minuteOf(record);
      if (minute === undefined) continue;
      const key = `${minute} ${record.agent}`;
      const counted = minutes.get(key);
      if (counted === undefined) minutes.set(key, { agent: record.agent, minute, n: 1 });
      else counted.n += 1;
      latest.set(record.agent, { record, minute });
    }
    const sql =
      'INSERT INTO agent_minutes (kind, agent, minute, n) VALUES (?, ?, ?, ?) ON CONFLICT (kind, agent, minute) DO UPDATE SET n = n + excluded.n';
    for (const { agent, minute, n } of minutes.values()) this.#statements.of(sql).run(kind, agent, minute, n);
    return [...latest.entries()].flatMap(([agent, { record, minute }]) => {
      const n = this.#sum(kind, agent, minute, rate.minutes);
      if (n < rate.count || !this.#mayTell(kind, agent, minute, rate.minutes)) return [];
      return [{ kind, agent, record: record.id, message: `${n} ${what} within ${rate.minutes} minutes` }];
    });
  }

  #sum(kind: string, agent: string, minute: number, minutes: number): number {
    this.#statements
      .of('DELETE FROM agent_minutes WHERE kind = ? AND agent = ? AND minute < ?')
      .run(kind, agent, minute - KEPT_MINUTES);
    const sql = 'SELECT sum(n) AS n FROM agent_minutes WHERE kind = ? AND agent = ? AND minute > ? AND minute <= ?';
    return (this.#statements.of(sql).get(kind, agent, minute - minutes, minute) as { n: number | null }).n ?? 0;
  }

  /** Once for a time. */
  #mayTell(kind: string, agent: string, minute: number, minutes: number): boolean {
    const sql = 'SELECT minute FROM alerted WHERE kind = ? AND agent = ?';
    const last = this.#statements.of(sql).get(kind, agent) as { minute: number } | undefined;
    if (last !== undefined && minute < last.minute + minutes) return false;
    this.#statements
      .of(
        'INSERT INTO alerted (kind, agent, minute) VALUES (?, ?, ?) ON CONFLICT (kind, agent) DO UPDATE SET minute = excluded.minute',
      )
      .run(kind, agent, minute);
    return true;
  }

  #newTables(statements: readonly IncomingRecord[], afterStatements: number): NewAlert[] {
    const counts = new Map<string, number>();
    const found: NewAlert[] = [];
    for (const { agent, tables, id } of statements) {
      if (agent === null) continue;
      const known = (counts.get(agent) ?? this.#statementsOf(agent)) + 1;
      counts.set(agent, known);
      for (const { schema, table } of tables) {
        const name = schema === undefined ? table : `${schema}.${table}`;
        const key = `${agent.length} ${agent}${name}`;
        if (this.#touched.has(key)) continue;
        if (key.length <= MAX_CHARS) this.#touched.set(key, true);
        const sql = 'INSERT INTO agent_tables (agent, name) VALUES (?, ?) ON CONFLICT DO NOTHING';
        const isNew = this.#statements.of(sql).run(agent, name).changes > 0;
        const message = `${name} is touched for the first time, after ${known - 1} statements`;
        if (isNew && known > afterStatements) found.push({ kind: 'new-table', agent, record: id, message });
      }
    }
    const sql =
      'INSERT INTO agents (agent, statements) VALUES (?, ?) ON CONFLICT (agent) DO UPDATE SET statements = excluded.statements';
    for (const [agent, count] of counts) this.#statements.of(sql).run(agent, count);
    return found;
  }

  #statementsOf(agent: string): number {
    const sql = 'SELECT statements FROM agents WHERE agent = ?';
    return (this.#statements.of(sql).get(agent) as { statements: number } | undefined)?.statements ?? 0;
  }

  #keep({ kind, agent, message, record }: NewAlert, time: string): void {
    this.#statements
      .of('INSERT INTO alerts (time, kind, agent, message, record) VALUES (?, ?, ?, ?, ?)')
      .run(time, kind, agent?.slice(0, MAX_CHARS) ?? null, message.slice(0, MAX_CHARS), record);
  }
}

/** Alerts, the newest first. */
export function readAlerts(statements: StatementCache, limit: number): readonly Alert[] {
  const sql = 'SELECT position, time, kind, agent, message, record FROM alerts ORDER BY position DESC LIMIT ?';
  return statements.of(sql).all(limit) as Alert[];
}

/** Those that nobody was told of yet, the oldest first. */
export function untoldAlerts(statements: StatementCache, limit: number): readonly Alert[] {
  const sql =
    'SELECT position, time, kind, agent, message, record FROM alerts WHERE told = 0 ORDER BY position LIMIT ?';
  return statements.of(sql).all(limit) as Alert[];
}

function alertOf({ problem, message, id }: WitnessFinding): NewAlert {
  return { kind: 'chain', agent: null, record: id, message: `${problem}: ${message}` };
}

/** A time that is yet to come would hide what happens until then. */
function minuteOf({ time }: IncomingRecord): number | undefined {
  const ms = time === null ? NaN : Date.parse(time);
  return ms <= Date.now() + AHEAD_MS ? Math.floor(ms / MINUTE_MS) : undefined;
}
