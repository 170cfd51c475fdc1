import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Mysql2 from 'mysql2';
import type { Pool as PromisePool, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { govern } from '../../../adapters/mysql2/index.js';
import { withIdentity, withTask } from '../../../src/session/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';

const require = createRequire(import.meta.url);
const VERSIONS = ['mysql2-3.0', 'mysql2-3.6', 'mysql2-3.11', 'mysql2-3.19', 'mysql2-newest'];

let governed: Governed;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(80))',
      "INSERT INTO people VALUES (1, 'Ada', 'ada@example.test'), (2, 'Bob', 'bob@example.test')",
    ],
    masks: { 'people.email': 'redact' },
  });
});
afterAll(() => governed.close());

for (const name of VERSIONS) {
  const mysql = require(name) as typeof Mysql2;
  const file = join(dirname(require.resolve(name)), 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };

  describe(`mysql2 ${version}`, () => {
    let pool: Mysql2.Pool;
    let promise: PromisePool;
    beforeAll(() => {
      pool = govern(
        mysql.createPool({ ...governed.schema.connection, connectionLimit: 2 } as object),
        governed.governor,
      );
      promise = pool.promise();
    });
    afterAll(() => promise.end());

    it('masks in text and binary, and records', async () => {
      const sql = `SELECT name, email FROM people WHERE id = ? /* ${version} */`;
      const [text] = await withTask(version, () => promise.query<RowDataPacket[]>(sql, [1]));
      const [binary] = await withTask(version, () => promise.execute<RowDataPacket[]>(sql, [1]));
      expect(text).toEqual([{ name: 'Ada', email: '[masked]' }]);
      expect(binary).toEqual(text);
      const commands = (await governed.records())
        .filter(({ task }) => task?.id === version)
        .map(({ statement }) => statement.command);
      expect(commands).toEqual(['COM_QUERY', 'COM_STMT_PREPARE', 'COM_STMT_EXECUTE']);
    });

    it('refuses, and goes on', async () => {
      const error = await new Promise((resolve) => pool.query('DELETE FROM people', resolve));
      expect(error).toMatchObject({ errno: 1227, rule: 'no-unbounded-writes' });
      await expect(promise.query('DELETE FROM people')).rejects.toThrow('rule no-unbounded-writes');
      const [rows] = await promise.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM people');
      expect(rows).toEqual([{ n: 2 }]);
    });

    it('prepares, begins and rolls back, and streams', async () => {
      const connection = await promise.getConnection();
      const statement = await connection.prepare('SELECT name FROM people WHERE id = ?');
      const [rows] = (await statement.execute([2])) as [unknown, unknown];
      expect(rows).toEqual([{ name: 'Bob' }]);
      await statement.close();
      await connection.beginTransaction();
      await connection.query("UPDATE people SET name = 'Cleo' WHERE id = 2");
      await connection.rollback();
      connection.release();
      const names: string[] = [];
      // Before 3.11, a stream of mysql2's cannot be read by `for await`.
      const stream = pool.query('SELECT name FROM people ORDER BY id').stream();
      stream.on('data', ({ name: each }: { name: string }) => names.push(each));
      await once(stream, 'end');
      expect(names).toEqual(['Ada', 'Bob']);
    });

    it('tells callers apart that wait for a connection, and takes a connection by itself', async () => {
      const agents = await Promise.all(['anna', 'bert', 'cora'].map((agent) => governed.identity(agent)));
      await Promise.all(
        agents.flatMap((agent) =>
          [0, 1].map((turn) =>
            withIdentity(agent, () => promise.query(`SELECT '${version} ${agent.name ?? ''} ${turn}'`)),
          ),
        ),
      );
      const asked = (await governed.records()).filter(({ statement }) =>
        statement.text.startsWith(`SELECT '${version} `),
      );
      expect(asked).toHaveLength(6);
      for (const { statement, agent } of asked) expect(statement.text).toContain(` ${agent?.name ?? ''} `);
      const single = govern(mysql.createConnection({ ...governed.schema.connection } as object), governed.governor);
      await expect(single.promise().query('DROP TABLE people')).rejects.toMatchObject({ errno: 1227 });
      await single.promise().end();
    });
  });
}
