import { createConnection, type Connection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { openGeneralLog, type GeneralLog } from './general-log.js';
import { createSchema, type TestSchema } from './schema.js';

const database = inject('database');
let schema: TestSchema;
let log: GeneralLog;
let connection: Connection;

beforeEach(async () => {
  schema = await createSchema(database, ['CREATE TABLE t (a INT)']);
  connection = await createConnection(schema.connection);
  await connection.query('SELECT 0');
  log = await openGeneralLog(database);
});
afterEach(async () => {
  await connection.end();
  await log.close();
  await schema.drop();
});

async function commands(): Promise<string[]> {
  const entries = await log.read({ threadIds: [connection.threadId] });
  return entries.map(({ commandType, argument }) => `${commandType}: ${argument}`);
}

it('shows what one connection sent since the log was opened, in order', async () => {
  await connection.query('SELECT 1 /* one */');
  await connection.execute('INSERT INTO t VALUES (?)', [2]);
  await connection.query('SELECT ?', ['naïve']);
  await connection.query('SELECT broken syntax from; SELECT 3').catch(() => undefined);
  expect(await commands()).toEqual([
    'Query: SELECT 1 /* one */',
    'Prepare: INSERT INTO t VALUES (?)',
    'Execute: INSERT INTO t VALUES (2)',
    `Query: SELECT 'naïve'`,
    'Query: SELECT broken syntax from; SELECT 3',
  ]);
});

it('shows every connection of an account, with its login', async () => {
  const other = await createConnection(schema.connection);
  await other.query('SELECT 2');
  await other.end();
  const entries = await log.read({ user: schema.name });
  // A `Quit` has no answer: whether the server reads it before it finds the socket closed is up to the network.
  const types = entries.map(({ commandType }) => commandType).filter((type) => type !== 'Quit');
  expect(types).toEqual(['Connect', 'Query']);
});

it('shows nothing of other connections', async () => {
  await connection.query('SELECT 3');
  expect(await log.read({ threadIds: [] })).toEqual([]);
  expect(await log.read({ user: 'nobody' })).toEqual([]);
});

it('gives each reader its own beginning', async () => {
  await connection.query('SELECT 4');
  const later = await openGeneralLog(database);
  await connection.query('SELECT 5');
  expect((await later.read({ threadIds: [connection.threadId] })).map(({ argument }) => argument)).toEqual([
    'SELECT 5',
  ]);
  await later.close();
  expect(await commands()).toEqual(['Query: SELECT 4', 'Query: SELECT 5']);
});
