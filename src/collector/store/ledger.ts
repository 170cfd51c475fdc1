import type { CheckedAlertRules } from '../alerts/alert-rules.js';
import { ALERTS_SCHEMA, AlertTable } from './alert-table.js';
import { ODD_IDS_SCHEMA, OddIds } from './odd-ids.js';
import { OVERVIEW_SCHEMA, OverviewTable } from './overview.js';
import type { PlacedRecord, RecordAgain, WriterRecords } from './placed-record.js';
import { isTimely } from './record-id.js';
import { SESSIONS_SCHEMA, SessionTable } from './session-table.js';
import { tallySessions } from './session-tally.js';
import { claimFormat, inTransaction, openDatabase, type SqliteDatabase, StatementCache } from './sqlite.js';
import { CheckpointWitness, WITNESS_SCHEMA } from './witness.js';
import type { WitnessFinding } from './witness-findings.js';

/** Of all files of a store: another one has other tables. */
const STORE_FORMAT = 2;
const SCHEMA = `
CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS archived (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
${SESSIONS_SCHEMA}${WITNESS_SCHEMA}${OVERVIEW_SCHEMA}${ALERTS_SCHEMA}${ODD_IDS_SCHEMA}`;

/**
 * What is made of the records as they come: sessions, counts, where odd ids are, and what the witness remembers. It may be behind the records, after a
 * crash, and then catches up: each record is applied once.
 */
export class Ledger {
  readonly #db: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #sessions: SessionTable;
  readonly #overview: OverviewTable;
  readonly #witness: CheckpointWitness;
  readonly #alerts: AlertTable;
  readonly #oddIds: OddIds;

  /** @param file made where it is not there */
  constructor(file: string, records: WriterRecords, rules: CheckedAlertRules) {
    this.#db = openDatabase(file, { durable: false });
    claimFormat(this.#db, STORE_FORMAT);
    this.#db.exec(SCHEMA);
    this.#statements = new StatementCache(this.#db);
    this.#sessions = new SessionTable(this.#statements);
    this.#overview = new OverviewTable(this.#statements);
    this.#witness = new CheckpointWitness(this.#statements, records);
    this.#alerts = new AlertTable(this.#statements, rules);
    this.#oddIds = new OddIds(this.#statements);
  }

  /** The position up to which records are applied. */
  applied(): number {
    const row = this.#statements.of('SELECT position FROM applied').get() as { position: number } | undefined;
    return row?.position ?? 0;
  }

  /**
   * Applies the next records, in their order. Returns what the witness says of them.
   * @param upTo - the position of the last of them, and of those between that cannot be read
   * @param again - records that came though they were there, and when
   */
  apply(
    placed: readonly PlacedRecord[],
    upTo: number,
    again: readonly RecordAgain[] = [],
    receivedAt: string = '',
  ): readonly WitnessFinding[] {
    if (upTo <= this.applied() && again.length === 0) return [];
    try {
      return inTransaction(this.#db, () => this.#applyAll(placed, upTo, again, receivedAt));
    } catch (error) {
      this.#witness.forget();
      this.#alerts.forget();
      throw error;
    }
  }

  #applyAll(
    placed: readonly PlacedRecord[],
    upTo: number,
    again: readonly RecordAgain[],
    receivedAt: string,
  ): readonly WitnessFinding[] {
    const findings = placed.flatMap((one) => this.#witness.inspect(one));
    findings.push(...this.#witness.inspectAgain(again, receivedAt));
    this.#witness.save();
    for (const { record, position, receivedAt: at } of placed)
      if (!isTimely(record.id, Date.parse(at))) this.#oddIds.add(record.id, position);
    const records = placed.map(({ record }) => record);
    this.#sessions.add(tallySessions(records));
    this.#overview.add(records);
    this.#alerts.add(placed, findings, new Date().toISOString());
    this.#statements
      .of(
        'INSERT INTO applied (one, position) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET position = excluded.position',
      )
      .run(upTo);
    return findings;
  }

  /** The position up to which records are copied to an archive. */
  archived(): number {
    return readArchived(this.#statements);
  }

  noteArchived(position: number): void {
    this.#statements
      .of(
        'INSERT INTO archived (one, position) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET position = excluded.position',
      )
      .run(position);
  }

  /** The position of a record whose id is of another time than that at which it came, or of none. */
  oddPosition(id: string): number | undefined {
    return this.#oddIds.positionOf(id);
  }

  /** Notes how far writers have come where a file ends. @param position - of the first record of the next one */
  noteTurn(position: number, writers: readonly string[]): void {
    inTransaction(this.#db, () => this.#witness.noteTurn(position, writers));
  }

  /** Forgets the ids of records before a position. */
  removeBefore(position: number): void {
    this.#oddIds.removeBefore(position);
  }

  /** Notes that somebody was told of an alert. */
  alertTold(position: number): void {
    this.#statements.of('UPDATE alerts SET told = 1 WHERE position = ?').run(position);
  }

  close(): void {
    this.#db.close();
  }
}

/** The position up to which records are copied to an archive; 0 where none is. */
export function readArchived(statements: StatementCache): number {
  const row = statements.of('SELECT position FROM archived').get() as { position: number } | undefined;
  return row?.position ?? 0;
}
