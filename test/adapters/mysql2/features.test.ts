import { Readable } from 'node:stream';
import { createPoolCluster, type Pool, type PoolConnection } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { govern } from '../../../adapters/mysql2/index.js';
import { callback } from '../../conformance/callback.js';
import { featureSchema } from '../../conformance/mysql2-features.js';
import { startGoverned, type Governed } from '../../governed/index.js';

let governed: Governed;
let pool: Pool;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), { statements: featureSchema });
  pool = governed.pool();
});
afterAll(() => governed.close());

describe('mysql2 in this process', () => {
  it('refuses a local file where no rule allows it', async () => {
    const strict = await startGoverned(inject('database'), { statements: ['CREATE TABLE t (id INT)'] });
    let asked = false;
    const load = strict
      .pool()
      .promise()
      .query({
        sql: "LOAD DATA LOCAL INFILE 'x' INTO TABLE t",
        infileStreamFactory: () => {
          asked = true;
          return Readable.from(['1\n']);
        },
      });
    await expect(load).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('no-file-access') as string,
    });
    expect(asked).toBe(false);
    await strict.close();
  });

  it('changes the user, and asks the new session for its state', async () => {
    const connection = await callback<PoolConnection>((done) => {
      pool.getConnection(done);
    });
    const { user, password } = governed.schema.connection;
    await callback<unknown>((done) => {
      connection.changeUser({ user, password }, done as never);
    });
    const [rows] = await connection.promise().query('SELECT label FROM items WHERE id = 2');
    expect(rows).toEqual([{ label: 'two' }]);
    connection.release();
    const record = await governed.recordOf((candidate) => candidate.statement.command === 'COM_CHANGE_USER');
    expect(record.outcome.status).toBe('ok');
    expect(JSON.stringify(record)).not.toContain(password);
  });

  it('governs the nodes of a cluster, also those added later', async () => {
    const cluster = govern(createPoolCluster(), governed.governor);
    cluster.add('A', governed.schema.connection as never);
    cluster.add('B', governed.schema.connection as never);
    for (const node of ['A', 'B']) {
      await expect(callback((done) => cluster.of(node).query('DELETE FROM items', done))).rejects.toMatchObject({
        errno: 1227,
      });
      expect(await callback((done) => cluster.of(node).query('SELECT 1 AS one', done))).toEqual([{ one: 1 }]);
    }
    await callback<unknown>((done) => {
      cluster.end(done as never);
    });
  });

  it('governs a promise pool', async () => {
    const promised = govern(createPromisePool(governed.schema.connection), governed.governor);
    await expect(promised.query('DROP TABLE items')).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('no-ddl') as string,
    });
    const connection = await promised.getConnection();
    await expect(connection.execute('DELETE FROM items')).rejects.toMatchObject({ errno: 1227 });
    connection.release();
    await promised.end();
  });
});
