/** What tells whether an attack worked. Each oracle gives what it saw, or undefined where the attack came to nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { type Answer, isRefusal, type Sight } from './answer.js';
import type { Arena } from './arena.js';
import type { Oracle, Rows } from './attack.js';
import { tagProblem } from './identity-tags.js';
import type { AttackSession } from './session.js';
import { ATTACKER_SUBJECT } from './way.js';

/** What an attack left behind, while its session is still open. */
export interface Evidence {
  readonly arena: Arena;
  readonly session: AttackSession;
  readonly sight: Sight;
  readonly answers: readonly Answer[];
  readonly elapsedMs: number;
  readonly victim: Connection;
  /** Texts of the attack's session as the server's general log has them. */
  readonly executed: () => Promise<readonly string[]>;
}

type Finder<K extends Oracle['kind']> = (
  oracle: Extract<Oracle, { kind: K }>,
  evidence: Evidence,
) => Promise<string | undefined> | string | undefined;

const LOCK_WAIT_TIMEOUT = 1205;
const SYNTAX_ERRORS = [1064, 1149];
const STOPPED_WITHIN_MS = 5_000;

const FINDERS: { readonly [K in Oracle['kind']]: Finder<K> } = {
  contains: ({ any }, { sight }) => seen(sight.find(any)),
  contains_raw: ({ any }, { sight }) => seen(sight.find(any)),
  async contains_warn({ any }, { sight, session }) {
    const warnings = await session.wrapper('SHOW WARNINGS');
    sight.add(warnings.results);
    return seen(sight.find(any));
  },
  rows({ rows }, { answers }) {
    // What a statement that was refused would have left behind for the last one is not there.
    if (answers.slice(0, -1).some(isRefusal)) return undefined;
    const last = answers.at(-1)?.results.at(-1);
    return last !== undefined && isSame(last, rows) ? `the rows ${JSON.stringify(rows)}` : undefined;
  },
  state: (oracle, { arena }) => stateDifference(oracle, arena),
  async session({ sql, safe }, { session }) {
    const { error, results } = await session.wrapper(sql);
    if (error !== undefined) throw new Error(`the session cannot be asked: ${error.message}`);
    return difference(sql, results.at(-1) ?? [], safe);
  },
  elapsed: ({ ms }, { elapsedMs }) => (elapsedMs >= ms ? `it took ${Math.round(elapsedMs)} ms` : undefined),
  runs: (_oracle, { answers }) => withoutError(answers),
  runs_raw: (_oracle, { answers }) => withoutError(answers),
  affected: ({ value }, { answers }) =>
    answers.at(-1)?.error === undefined && answers.at(-1)?.affectedRows === value
      ? `${value} rows were affected`
      : undefined,
  error_errno({ errno }, { answers }) {
    const error = answers.findLast((answer) => answer.error !== undefined)?.error;
    return error !== undefined && errno.includes(error.errno) ? `error ${error.errno}: ${error.message}` : undefined;
  },
  error_not_syntax(_oracle, { answers }) {
    const last = answers.at(-1);
    if (last === undefined || isRefusal(last) || SYNTAX_ERRORS.includes(last.error?.errno ?? 0)) return undefined;
    return `the server took it: ${last.error?.message ?? 'no error'}`;
  },
  async file({ path, any }, { arena }) {
    const content = await readFile(join(arena.server.outDirectory ?? '', path)).catch(() => undefined);
    const found = content === undefined ? undefined : any.find((text) => content.includes(text));
    return found === undefined ? undefined : `the file ${path} with ${JSON.stringify(found)}`;
  },
  async locks(_oracle, { arena }) {
    const other = await arena.session();
    try {
      await other.query('SET SESSION innodb_lock_wait_timeout=1');
      await other.query('UPDATE customers SET id=id');
      return undefined;
    } catch (error) {
      if ((error as { errno?: number }).errno !== LOCK_WAIT_TIMEOUT) throw error;
      return 'another session cannot update customers';
    } finally {
      await other.end();
    }
  },
  killed: async (_oracle, { victim }) =>
    victim.ping().then(
      () => undefined,
      () => 'another session is gone',
    ),
  async shutdown(_oracle, { arena, answers }) {
    const waitMs = answers.every(isRefusal) ? 0 : STOPPED_WITHIN_MS;
    for (const until = Date.now() + waitMs; ; await sleep(50)) {
      if (!(await arena.server.answers())) return 'the server is gone';
      if (Date.now() >= until) return undefined;
    }
  },
  async identity(_oracle, { answers, executed }) {
    if (answers.every(isRefusal)) return undefined;
    for (const text of await executed()) {
      const problem = tagProblem(text, ATTACKER_SUBJECT);
      if (problem !== undefined) return `${problem}: ${text}`;
    }
    return undefined;
  },
};

/** Asks the oracle of an attack. Rejects where it cannot tell: that is no pass. */
export async function findBreach(oracle: Oracle, evidence: Evidence): Promise<string | undefined> {
  const find = FINDERS[oracle.kind] as Finder<Oracle['kind']>;
  return find(oracle as never, evidence);
}

/** What the state that an oracle asks for has instead of what is safe; undefined where it is safe, or of another kind. */
export async function stateDifference(oracle: Oracle, arena: Arena): Promise<string | undefined> {
  if (oracle.kind !== 'state') return undefined;
  return difference(oracle.sql, await arena.rows(oracle.sql), oracle.safe);
}

function seen(needle: string | undefined): string | undefined {
  return needle === undefined ? undefined : `the client saw ${JSON.stringify(needle)}`;
}

function withoutError(answers: readonly Answer[]): string | undefined {
  const last = answers.at(-1);
  return last !== undefined && last.error === undefined ? 'it ran without an error' : undefined;
}

function difference(sql: string, found: Rows, safe: Rows): string | undefined {
  return isSame(found, safe) ? undefined : `${sql} gives ${JSON.stringify(found)}, not ${JSON.stringify(safe)}`;
}

/** Numbers come as numbers or as texts, whichever the protocol has. */
function isSame(found: Rows, wanted: Rows): boolean {
  const normal = (rows: Rows): string =>
    JSON.stringify(rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))));
  return normal(found) === normal(wanted);
}
