import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

import { FailureError } from '../errors.js';
import { readIncoming, type IncomingRecord } from './incoming-record.js';
import { SessionTable, type SessionQuery, type StoredSession } from './session-table.js';
import { tallySessions } from './session-tally.js';
import type { SqliteDatabase, SqliteStatement } from './sqlite.js';
import { CheckpointWitness, type WitnessFinding } from './witness.js';
import type { PageQuery } from './page-query.js';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS records (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  received_at TEXT NOT NULL,
  type TEXT NOT NULL, time TEXT, agent TEXT, task TEXT, session TEXT, operation TEXT, effect TEXT, status TEXT,
  writer_id TEXT, writer_seq INTEGER,
  json TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_agent ON records (agent, position);
CREATE INDEX IF NOT EXISTS records_by_task ON records (task, position);
CREATE INDEX IF NOT EXISTS records_by_session ON records (session, position);
CREATE INDEX IF NOT EXISTS records_by_writer ON records (writer_id, writer_seq);
CREATE TABLE IF NOT EXISTS conflicts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  received_at TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (id, json)
) STRICT;`;

const INSERT = `INSERT INTO records
  (id, received_at, type, time, agent, task, session, operation, effect, status, writer_id, writer_seq, json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

/** Records that are read at a time when their sessions are listed. */
const PAGE = 1000;

/** What became of a batch. */
export interface StoreResult {
  /** Records that are new. */
  readonly stored: number;
  /** Records that were there already, with the same bytes. */
  readonly duplicates: number;
  /** Ids that were there already with other bytes: the first stays, the other is kept beside it. */
  readonly conflicts: readonly string[];
  /** What the witness says of the new ones. */
  readonly findings: readonly WitnessFinding[];
}

/** Which records to read. */
export interface RecordQuery extends PageQuery {
  /** Agent's subject. */
  readonly agent?: string | undefined;
  /** Task's id. */
  readonly task?: string | undefined;
  /** Session's id. */
  readonly session?: string | undefined;
}

/** A record with its place in the store. */
export interface StoredRecord {
  readonly position: number;
  /** The bytes as they came. */
  readonly json: string;
}

/** Holds records durably. */
export interface RecordStore {
  /** Stores a batch: all of it is on the disk when this returns, or none of it. */
  store(records: readonly IncomingRecord[]): StoreResult;
  read(query: RecordQuery): StoredRecord[];
  /** Sessions, in the order in which they were first heard of. */
  sessions(query: SessionQuery): StoredSession[];
  /** What is remembered of each writer's checkpoints. */
  readonly witness: CheckpointWitness;
  /** How many records there are, and how many conflicts. */
  count(): { records: number; conflicts: number };
  close(): void;
}

/**
 * Opens, or makes, the store of a directory: SQLite with a write-ahead log that is synced at each commit, so that an acknowledged batch
 * survives a power cut.
 * @throws FailureError `COLLECTOR_FAILED`
 */
export function openRecordStore(directory: string): RecordStore {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const db = new Database(join(directory, 'records.db'), {}) as unknown as SqliteDatabase;
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA busy_timeout = 5000');
    db.exec(SCHEMA);
    const store = new SqliteRecordStore(db);
    store.listSessions();
    return store;
  } catch (cause) {
    throw new FailureError(
      'COLLECTOR_FAILED',
      `the record store in ${directory} cannot be opened; see to the directory and its rights`,
      {
        cause,
      },
    );
  }
}

class SqliteRecordStore implements RecordStore {
  readonly #db: SqliteDatabase;
  readonly #insert: SqliteStatement;
  readonly #find: SqliteStatement;
  readonly #keepConflict: SqliteStatement;
  readonly witness: CheckpointWitness;
  readonly #queries = new Map<string, SqliteStatement>();
  readonly #sessions: SessionTable;

  constructor(db: SqliteDatabase) {
    this.#db = db;
    this.#sessions = new SessionTable(db);
    this.witness = new CheckpointWitness(db);
    this.#insert = db.prepare(INSERT);
    this.#find = db.prepare('SELECT json FROM records WHERE id = ?');
    this.#keepConflict = db.prepare(
      'INSERT INTO conflicts (id, received_at, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
  }

  store(records: readonly IncomingRecord[]): StoreResult {
    return this.#inTransaction(() => this.#storeAll(records, new Date().toISOString()));
  }

  /** Lists the sessions of records that were stored before there was a list. */
  listSessions(): void {
    if (!this.#sessions.isEmpty()) return;
    this.#inTransaction(() => {
      for (let after = 0, page = this.read({ after, limit: PAGE }); page.length > 0;) {
        const records = page.map(({ json }) => readIncoming(json)).filter((record) => typeof record !== 'string');
        this.#sessions.add(tallySessions(records));
        after = page.at(-1)?.position ?? after;
        page = this.read({ after, limit: PAGE });
      }
    });
  }

  read(query: RecordQuery): StoredRecord[] {
    const { after, limit, newest = false, agent, task, session } = query;
    const where = [
      'position > ?',
      ...(agent === undefined ? [] : ['agent = ?']),
      ...(task === undefined ? [] : ['task = ?']),
      ...(session === undefined ? [] : ['session = ?']),
    ];
    const order = newest ? 'DESC' : 'ASC';
    const statement = this.#prepared(
      `SELECT position, json FROM records WHERE ${where.join(' AND ')} ORDER BY position ${order} LIMIT ?`,
    );
    const values = [after, agent, task, session, limit].filter((value) => value !== undefined);
    const rows = statement.all(...values) as StoredRecord[];
    return newest ? rows.reverse() : rows;
  }

  sessions(query: SessionQuery): StoredSession[] {
    return this.#sessions.read(query);
  }

  count(): { records: number; conflicts: number } {
    const sql = 'SELECT (SELECT count(*) FROM records) AS records, (SELECT count(*) FROM conflicts) AS conflicts';
    return this.#prepared(sql).get() as { records: number; conflicts: number };
  }

  close(): void {
    this.#db.close();
  }

  #inTransaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #storeAll(records: readonly IncomingRecord[], receivedAt: string): StoreResult {
    const stored: IncomingRecord[] = [];
    const conflicts: string[] = [];
    const findings: WitnessFinding[] = [];
    for (const r of records) {
      const { id, type, time, agent, task, session, operation, effect, status, writerId, writerSeq, json } = r;
      const values = [
        id,
        receivedAt,
        type,
        time,
        agent,
        task,
        session,
        operation,
        effect,
        status,
        writerId,
        writerSeq,
        json,
      ];
      if (this.#insert.run(...values).changes > 0) {
        stored.push(r);
        const finding = this.witness.inspect(r, receivedAt);
        if (finding !== undefined) findings.push(finding);
      } else if ((this.#find.get(id) as { json: string }).json !== json) {
        this.#keepConflict.run(id, receivedAt, json);
        conflicts.push(id);
      }
    }
    this.#sessions.add(tallySessions(stored));
    const duplicates = records.length - stored.length - conflicts.length;
    return { stored: stored.length, duplicates, conflicts, findings };
  }

  #prepared(sql: string): SqliteStatement {
    let statement = this.#queries.get(sql);
    if (statement === undefined) this.#queries.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
