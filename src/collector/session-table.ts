import type { SessionTally } from './session-tally.js';
import type { SqliteDatabase, SqliteStatement } from './sqlite.js';
import type { PageQuery } from './page-query.js';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sessions (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  started TEXT, ended TEXT, server TEXT,
  statements INTEGER NOT NULL, refused INTEGER NOT NULL, errors INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS session_names (
  position INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (position, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_names_by_name ON session_names (kind, name, position);`;

const ADD = `INSERT INTO sessions (id, started, ended, server, statements, refused, errors)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    started = min(coalesce(started, excluded.started), coalesce(excluded.started, started)),
    ended = max(coalesce(ended, excluded.ended), coalesce(excluded.ended, ended)),
    server = coalesce(server, excluded.server),
    statements = statements + excluded.statements,
    refused = refused + excluded.refused,
    errors = errors + excluded.errors`;

/** Most agents, and most tasks, that are named of one session. */
const MAX_NAMES = 8;

/** Which sessions to read. */
export interface SessionQuery extends PageQuery {
  /** Subject of an agent that has a record in it. */
  readonly agent?: string | undefined;
  /** Id of a task that has a record in it. */
  readonly task?: string | undefined;
  /** Those with a record of this time or later, RFC 3339 in UTC with six digits of a second. */
  readonly since?: string | undefined;
}

/** What the records of one session say of it. */
export interface StoredSession {
  readonly position: number;
  readonly id: string;
  /** Times of its earliest and of its latest record; null where no record has one. */
  readonly started: string | null;
  readonly ended: string | null;
  readonly server: string | null;
  readonly statements: number;
  readonly refused: number;
  /** Statements that the server answered with an error. */
  readonly errors: number;
  /** Subjects, and ids: the first eight in the order of the alphabet. */
  readonly agents: readonly string[];
  readonly tasks: readonly string[];
}

type Row = Omit<StoredSession, 'agents' | 'tasks'>;

/** The list of sessions, which is kept up to date with each batch of records: nobody has to look through the records for it. */
export class SessionTable {
  readonly #db: SqliteDatabase;
  readonly #add: SqliteStatement;
  readonly #find: SqliteStatement;
  readonly #addName: SqliteStatement;
  readonly #names: SqliteStatement;
  readonly #queries = new Map<string, SqliteStatement>();

  constructor(db: SqliteDatabase) {
    db.exec(SCHEMA);
    this.#db = db;
    this.#add = db.prepare(ADD);
    this.#find = db.prepare('SELECT position FROM sessions WHERE id = ?');
    this.#addName = db.prepare(
      'INSERT INTO session_names (position, kind, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#names = db.prepare('SELECT name FROM session_names WHERE position = ? AND kind = ? ORDER BY name LIMIT ?');
  }

  /** Whether no session is listed. */
  isEmpty(): boolean {
    return this.read({ after: 0, limit: 1 }).length === 0;
  }

  /** Adds what new records say, within the transaction that stores them. */
  add(tallies: ReadonlyMap<string, SessionTally>): void {
    for (const { id, started, ended, server, statements, refused, errors, agents, tasks } of tallies.values()) {
      this.#add.run(id, started, ended, server, statements, refused, errors);
      const { position } = this.#find.get(id) as Row;
      for (const agent of agents) this.#addName.run(position, 'agent', agent);
      for (const task of tasks) this.#addName.run(position, 'task', task);
    }
  }

  /** Sessions in the order in which they were first heard of. */
  read({ after, limit, newest = false, agent, task, since }: SessionQuery): StoredSession[] {
    const named = 'position IN (SELECT position FROM session_names WHERE kind = ? AND name = ?)';
    const where = [
      'position > ?',
      ...(agent === undefined ? [] : [named]),
      ...(task === undefined ? [] : [named]),
      ...(since === undefined ? [] : ['ended >= ?']),
    ];
    const order = newest ? 'DESC' : 'ASC';
    const statement = this.#prepared(
      `SELECT position, id, started, ended, server, statements, refused, errors FROM sessions
        WHERE ${where.join(' AND ')} ORDER BY position ${order} LIMIT ?`,
    );
    const agents = agent === undefined ? [] : ['agent', agent];
    const tasks = task === undefined ? [] : ['task', task];
    const rows = statement.all(after, ...agents, ...tasks, ...(since === undefined ? [] : [since]), limit) as Row[];
    if (newest) rows.reverse();
    return rows.map((row) => ({
      ...row,
      agents: this.#namesOf(row.position, 'agent'),
      tasks: this.#namesOf(row.position, 'task'),
    }));
  }

  #namesOf(position: number, kind: 'agent' | 'task'): string[] {
    return (this.#names.all(position, kind, MAX_NAMES) as { name: string }[]).map(({ name }) => name);
  }

  #prepared(sql: string): SqliteStatement {
    let statement = this.#queries.get(sql);
    if (statement === undefined) this.#queries.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
