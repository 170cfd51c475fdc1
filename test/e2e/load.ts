/**
 * The load of the agreement and crash tests: mixed statements of several agents on several connections, each with a mark of its own,
 * so that the server's log and the collector's records can be laid side by side.
 *
 * @module
 */
import type { Pool } from 'mysql2';
import type { Identity } from '../../src/identity/index.js';
import { withIdentity, withTask } from '../../src/session/index.js';

/** Tables of the load. */
export const loadSchema: readonly string[] = [
  'CREATE TABLE accounts (id INT PRIMARY KEY, owner VARCHAR(64), balance INT NOT NULL)',
  'INSERT INTO accounts SELECT seq.n, CONCAT("owner ", seq.n), 100 FROM (SELECT a.n + 10 * b.n AS n FROM (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a, (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b) seq',
  'CREATE TABLE log_lines (id INT PRIMARY KEY AUTO_INCREMENT, mark VARCHAR(64) NOT NULL, line VARCHAR(255))',
];

/** One statement of the load: `mark` stands in its text or parameters. */
type Step = (pool: Pool, mark: string, index: number) => Promise<unknown>;

const steps: readonly Step[] = [
  (pool, mark, index) =>
    pool.promise().query(`SELECT owner, '${mark}' AS mark FROM accounts WHERE id = ${index % 100}`),
  (pool, mark, index) =>
    pool.promise().query('SELECT balance, ? AS mark FROM accounts WHERE id = ?', [mark, index % 100]),
  (pool, mark) =>
    pool.promise().query('INSERT INTO log_lines (mark, line) VALUES (?, ?)', [mark, `it's "quoted" \\ ünï`]),
  (pool, mark, index) =>
    pool.promise().execute('SELECT balance, ? AS mark FROM accounts WHERE id = ?', [mark, index % 100]),
  (pool, mark, index) =>
    pool.promise().execute('UPDATE accounts SET balance = balance + 1, owner = ? WHERE id = ?', [mark, index % 100]),
  (pool, mark) => pool.promise().query(`SELECT missing_column, '${mark}' FROM accounts`),
  (pool, mark) => pool.promise().query(`DELETE FROM log_lines /* ${mark} */`),
  (pool, mark) =>
    pool.promise().query(`SELECT COUNT(*) AS n FROM accounts, log_lines WHERE log_lines.mark = '${mark}'`),
];

/** A mark: `m-<agent>-<number>-<step>`. */
function markOf(agent: string, number: number): string {
  return `m-${agent}-${number}-${number % steps.length}`;
}

/** Runs `count` statements of one agent, one after the other, from number `from` on; errors of statements and lost connections are part of the load. */
export async function runLoad(pool: Pool, identity: Identity, from: number, count: number): Promise<void> {
  const agent = identity.name ?? '';
  for (let number = from; number < from + count; number += 1) {
    const step = steps[number % steps.length];
    await withIdentity(identity, () =>
      withTask(`task-${agent}`, async () => {
        try {
          await step?.(pool, markOf(agent, number), number);
        } catch (error) {
          const { errno, fatal } = error as { errno?: number; fatal?: boolean };
          if (errno === undefined && fatal !== true) throw error;
        }
      }),
    );
  }
}
