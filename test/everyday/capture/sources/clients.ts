import { createConnection as connectMariadb } from 'mariadb';
import { createConnection } from 'mysql2/promise';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { fillShop } from './filled-shop.js';

async function useMysql2({ host, port, user, password, database }: CaptureTarget): Promise<void> {
  const connection = await createConnection({ host, port, user, password, charset: 'utf8mb4_unicode_ci' });
  await attemptAll('mysql2', [
    () => connection.changeUser({ user, password, database }),
    () => connection.ping(),
    () => connection.query('SET NAMES utf8mb4'),
    () => connection.query("SET time_zone = '+00:00'"),
    () => connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
    () => connection.query("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"),
    () => connection.query('SELECT 1 + ? AS two', [1]),
    () => connection.query('SELECT * FROM ?? WHERE ?? = ? AND id IN (?)', ['customers', 'name', 'Ann', [1, 2]]),
    () => connection.query('INSERT INTO customers SET ?', { email: 'm@x.org', name: "M'" }),
    () =>
      connection.query('INSERT INTO customers (email, name) VALUES ?', [
        [
          ['n@x.org', 'N'],
          ['o@x.org', 'O'],
        ],
      ]),
    () => connection.query('UPDATE customers SET ? WHERE id = ?', [{ name: 'M', credit: 1 }, 1]),
    () => connection.execute('SELECT id, name FROM customers WHERE id = ? OR name = ?', [1, 'M']),
    () => connection.execute('UPDATE customers SET credit = credit + ? WHERE id = ?', [1, 1]),
    () =>
      connection.query({
        sql: 'SELECT c.*, o.* FROM customers c LEFT JOIN orders o ON o.customer_id = c.id',
        nestTables: true,
      }),
    () => connection.beginTransaction(),
    () => connection.query('SELECT LAST_INSERT_ID() AS id, ROW_COUNT() AS n, FOUND_ROWS() AS f'),
    () =>
      connection.query(
        'SELECT CONNECTION_ID() AS id, CURRENT_USER() AS me, DATABASE() AS db, @@version_comment AS comment, @@max_allowed_packet',
      ),
    () => connection.rollback(),
  ]);
  await connection.end();
}

async function useMariadb({ host, port, user, password, database, ca }: CaptureTarget): Promise<void> {
  const ssl = ca === undefined ? {} : { ssl: { ca } };
  const options = {
    host,
    port,
    user,
    password,
    database,
    ...ssl,
    timezone: 'Z',
    sessionVariables: { wait_timeout: 600 },
    initSql: ['SET NAMES utf8mb4'],
  };
  const connection = await connectMariadb(options);
  await attemptAll('mariadb', [
    () => connection.query('SELECT ? AS one', [1]),
    () => connection.execute('SELECT name FROM customers WHERE id = ?', [1]),
    () =>
      connection.batch('INSERT INTO customers (email, name) VALUES (?, ?)', [
        ['p@x.org', 'P'],
        ['q@x.org', 'Q'],
      ]),
    () =>
      connection.query(
        { namedPlaceholders: true, sql: 'SELECT id FROM customers WHERE email = :email' },
        { email: 'p@x.org' },
      ),
    () => connection.beginTransaction(),
    () => connection.commit(),
    () => connection.reset(),
  ]);
  await connection.end();
}

/** The drivers themselves: what they send at connect and for each way to run a statement. */
export const clients: CaptureSource = {
  name: 'clients',
  prepare: fillShop,
  run: async (target) => {
    await attempt('mysql2', () => useMysql2(target));
    await attempt('mariadb', () => useMariadb(target));
  },
};
