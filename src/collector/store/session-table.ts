import type { SessionQuery, StoredSession } from './record-store.js';
import type { SessionTally } from './session-tally.js';
import type { StatementCache } from './sqlite.js';

/** What the list is kept in. */
export const SESSIONS_SCHEMA = `
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

type Row = Omit<StoredSession, 'agents' | 'tasks'>;

/** The list of sessions, which is kept up to date with each batch of records: nobody has to look through the records for it. */
export class SessionTable {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Adds what new records say, within the transaction that applies them. */
  add(tallies: ReadonlyMap<string, SessionTally>): void {
    const addName = this.#statements.of(
      'INSERT INTO session_names (position, kind, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const { id, started, ended, server, statements, refused, errors, agents, tasks } of tallies.values()) {
      this.#statements.of(ADD).run(id, started, ended, server, statements, refused, errors);
      const { position } = this.#statements.of('SELECT position FROM sessions WHERE id = ?').get(id) as Row;
      for (const agent of agents) addName.run(position, 'agent', agent);
      for (const task of tasks) addName.run(position, 'task', task);
    }
  }

  /** Sessions in the order in which they were first heard of. */
  read({ after, limit, order, agent, task, since }: SessionQuery): StoredSession[] {
    const named = 'position IN (SELECT position FROM session_names WHERE kind = ? AND name = ?)';
    const where = [
      order === 'asc' ? 'position > ?' : 'position < ?',
      ...(agent === undefined ? [] : [named]),
      ...(task === undefined ? [] : [named]),
      ...(since === undefined ? [] : ['ended >= ?']),
    ];
    const statement = this.#statements.of(
      `SELECT position, id, started, ended, server, statements, refused, errors FROM sessions
        WHERE ${where.join(' AND ')} ORDER BY position ${order} LIMIT ?`,
    );
    const agents = agent === undefined ? [] : ['agent', agent];
    const tasks = task === undefined ? [] : ['task', task];
    const from = after ?? (order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER);
    const rows = statement.all(from, ...agents, ...tasks, ...(since === undefined ? [] : [since]), limit) as Row[];
    return rows.map((row) => ({
      ...row,
      agents: this.#namesOf(row.position, 'agent'),
      tasks: this.#namesOf(row.position, 'task'),
    }));
  }

  #namesOf(position: number, kind: 'agent' | 'task'): string[] {
    const sql = 'SELECT name FROM session_names WHERE position = ? AND kind = ? ORDER BY name LIMIT ?';
    return (this.#statements.of(sql).all(position, kind, MAX_NAMES) as { name: string }[]).map(({ name }) => name);
  }
}
