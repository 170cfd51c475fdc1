import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, inject, it } from 'vitest';
import { createSchema } from './schema.js';

const database = inject('database');

it('makes a schema with its statements run, and an account that reaches it over TLS', async () => {
  const schema = await createSchema(database, ['CREATE TABLE t (a INT)', 'INSERT INTO t VALUES (7)']);
  const connection = await createConnection(schema.connection);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT a, DATABASE() AS name FROM t');
    expect(rows).toEqual([{ a: 7, name: schema.name }]);
    const [status] = await connection.query<RowDataPacket[]>(`SHOW STATUS LIKE 'Ssl_cipher'`);
    expect(status[0]?.['Value'] === '').toBe(database.ca === undefined);
  } finally {
    await connection.end();
    await schema.drop();
  }
});

it('keeps the account of one schema out of another', async () => {
  const [one, other] = await Promise.all([createSchema(database, ['CREATE TABLE t (a INT)']), createSchema(database)]);
  const connection = await createConnection(other.connection);
  try {
    expect(other.name).not.toBe(one.name);
    await expect(connection.query(`SELECT a FROM ${one.name}.t`)).rejects.toMatchObject({ errno: 1142 });
    await expect(connection.query('SET GLOBAL general_log = 0')).rejects.toMatchObject({ errno: 1227 });
  } finally {
    await connection.end();
    await Promise.all([one.drop(), other.drop()]);
  }
});

it('lets nobody in once it is dropped', async () => {
  const schema = await createSchema(database);
  await schema.drop();
  await expect(createConnection(schema.connection)).rejects.toMatchObject({ errno: 1045 });
});
