import { setTimeout } from 'node:timers/promises';
import { createConnection as createCoreConnection, type RowDataPacket } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { defaultPolicy } from '../../src/guardrails/index.js';
import { connectionOptions } from '../database/readiness.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
let proxied: Proxied;
beforeAll(async () => {
  proxied = await startProxied(database, {
    statements: [
      'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(80))',
      "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.test'), (2, 'Bob', 'bob@example.test')",
      'CREATE TABLE notes (id INT PRIMARY KEY, text LONGTEXT)',
      'CREATE PROCEDURE both_of_them() BEGIN SELECT 1 AS one; SELECT 2 AS two; END',
    ],
    masks: { 'customers.email': 'redact' },
    governor: { policy: defaultPolicy({ routines: ['both_of_them'] }) },
  });
});
afterAll(() => proxied.close());

it('answers in text and binary, with masks, and records who asked, from where and with what', async () => {
  const connection = await proxied.connect('anna', { user: 'anna+SUP-1042' });
  const [text] = await connection.query('SELECT id, name, email FROM customers WHERE id = ?', [1]);
  const [binary] = await connection.execute('SELECT id, name, email FROM customers WHERE id = ?', [1]);
  expect(text).toEqual([{ id: 1, name: 'Ada', email: '[masked]' }]);
  expect(binary).toEqual(text);
  const record = (await proxied.records()).findLast(({ statement }) => statement.command === 'COM_STMT_EXECUTE');
  expect(record).toMatchObject({
    agent: { subject: 'agent-anna', verified: true },
    task: { id: 'SUP-1042', source: 'asserted' },
    session: { mode: 'proxy', driver: expect.stringMatching(/^Node-MySQL-2\/3/) as string },
    db: { user: expect.stringContaining(proxied.schema.name) as string, namespace: proxied.schema.name },
    outcome: { status: 'ok', rows: 1, masked: [`${proxied.schema.name}.customers.email`] },
  });
  expect(record?.session.client).toMatch(/^127\.0\.0\.1:\d+$/);
});

it('takes task, model and trace from the attributes of the connection, and of a query where the server has such', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const of = (attributes: object): Promise<Awaited<ReturnType<Proxied['connect']>>> =>
    proxied.connect('anna', { connectAttributes: attributes });
  const told = {
    task: 'T-7',
    model: 'opus',
    program_name: 'agent/1',
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  };
  const connection = await of(told);
  await connection.query("SELECT 'by attributes'");
  await connection.query({ sql: "SELECT 'nearer'", attributes: { task: 'T-8', tool: 'query' } });
  const named = await proxied.connect('anna', { user: 'anna+T-1', connectAttributes: told });
  await named.query({ sql: "SELECT 'by name'", attributes: { task: 'T-8' } });
  const records = await proxied.records();
  const [first, nearer, byName] = ['by attributes', 'nearer', 'by name'].map((mark) =>
    records.find(({ statement }) => statement.text.includes(mark)),
  );
  const call = { model: 'opus', client: 'agent/1' };
  expect(first).toMatchObject({ task: { id: 'T-7', source: 'asserted' }, call, trace: { trace_id: traceId } });
  const hasAttributes = database.flavour === 'mysql';
  expect(nearer).toMatchObject(
    hasAttributes ? { task: { id: 'T-8' }, call: { ...call, tool: 'query' } } : { task: { id: 'T-7' }, call },
  );
  expect(byName).toMatchObject({ task: { id: 'T-1' }, call });
});

it('gives no masked rows where the server converts nothing, and what shows the schema, as mysqldump wants it', async () => {
  const connection = await proxied.connect('anna');
  await connection.query("SET SESSION character_set_results = 'binary'");
  await connection.query('SHOW CREATE TABLE customers');
  await expect(connection.query('SELECT name, email FROM customers')).rejects.toMatchObject({ errno: 1227 });
  await connection.query("SET SESSION character_set_results = 'utf8mb4'");
  const [rows] = await connection.query<RowDataPacket[]>('SELECT name, email FROM customers WHERE id = 1');
  expect(rows).toEqual([{ name: 'Ada', email: '[masked]' }]);
});

it('refuses what a rule denies, and goes on', async () => {
  const before = (await proxied.records()).length;
  const connection = await proxied.connect('anna');
  await expect(connection.query('DELETE FROM customers')).rejects.toMatchObject({
    errno: 1227,
    sqlState: '42000',
    sqlMessage: expect.stringContaining('rule') as string,
  });
  await expect(connection.changeUser({ user: 'root', password: '' })).rejects.toMatchObject({ errno: 1227 });
  const [rows] = await connection.query('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
  const denied = (await proxied.records()).slice(before).filter(({ outcome }) => outcome.status === 'denied');
  expect(denied.map(({ statement }) => statement.command)).toEqual(['COM_QUERY', 'COM_CHANGE_USER']);
});

it('carries a value of 40 MB both ways', async () => {
  const connection = await proxied.connect('anna');
  await connection.query('SET @a = 1');
  const [[limit]] = await connection.query<RowDataPacket[]>('SELECT @@max_allowed_packet AS bytes');
  const size = Math.min(40_000_000, Number(limit?.['bytes']) - 1_000);
  const text = 'x'.repeat(size);
  await connection.execute('INSERT INTO notes VALUES (?, ?)', [1, text]);
  const [rows] = await connection.query<RowDataPacket[]>('SELECT text FROM notes WHERE id = 1');
  expect(rows[0]?.['text'] === text).toBe(true);
});

it('gives several results of one statement', async () => {
  const connection = await proxied.connect('anna');
  const [results] = await connection.query('CALL both_of_them()');
  expect(results).toMatchObject([[{ one: 1 }], [{ two: 2 }], { affectedRows: 0 }]);
});

it('does not read faster than the client takes it', async () => {
  const options = await proxied.login('anna');
  const connection = createCoreConnection(options);
  const before = process.memoryUsage.rss();
  let [rows, most] = [0, 0];
  const digits = '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)';
  const many = [1, 2, 3, 4, 5].map((n) => `${digits} AS t${n}`).join(' CROSS JOIN ');
  const stream = connection.query(`SELECT REPEAT('x', 60000) AS text FROM ${many}`).stream();
  for await (const row of stream) {
    rows += (row as { text: string }).text.length / 60_000;
    if (rows % 100 === 0) {
      await setTimeout(1);
      most = Math.max(most, process.memoryUsage.rss());
    }
  }
  connection.destroy();
  expect(rows).toBe(3_125);
  expect(most - before).toBeLessThan(128 * 1_048_576);
});

it('stops on the server what a client runs that goes away', async () => {
  const connection = await proxied.connect('anna');
  const [[thread]] = await connection.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
  const endless =
    'SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c';
  connection.query(endless).catch(() => undefined);
  await setTimeout(300);
  connection.destroy();
  const admin = await createConnection(connectionOptions(database));
  const isThere = async (): Promise<boolean> => {
    const [list] = await admin.query<RowDataPacket[]>('SHOW PROCESSLIST');
    return list.some(({ Id: id }) => id === thread?.['id']);
  };
  for (const end = Date.now() + 10_000; (await isThere()) && Date.now() < end;) await setTimeout(50);
  expect(await isThere()).toBe(false);
  await admin.end();
});
