import knex from 'knex';
import { createPool, type Pool, type PoolOptions } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { govern as governKnex } from '../../adapters/knex/index.js';
import type { StatementRecord } from '../../src/audit/index.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { type Proxied, startProxied } from '../proxy/index.js';

/** A statement, and how it has to end in every front. */
interface Row {
  readonly sql: string;
  readonly values?: readonly (string | number)[];
  /** Rows, affected rows, or the error's number. */
  readonly ends: readonly unknown[] | number | { readonly errno: number; readonly rule?: string };
  readonly masked?: readonly string[];
}

const statements = [
  'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(80), joined DATE, paid DECIMAL(10,2))',
  "INSERT INTO people VALUES (1,'Ada','ada@example.test','2020-02-03',12.50),(2,'Bob','bob@example.test',NULL,NULL)",
  'CREATE VIEW contacts AS SELECT id, email FROM people',
  'CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, line VARCHAR(40))',
];
const masks = { 'people.email': 'redact' } as const;

const TABLE: readonly Row[] = [
  {
    sql: 'SELECT id, name FROM people ORDER BY id',
    ends: [
      { id: 1, name: 'Ada' },
      { id: 2, name: 'Bob' },
    ],
  },
  { sql: 'SELECT name FROM people WHERE id = ?', values: [2], ends: [{ name: 'Bob' }] },
  {
    sql: 'SELECT email FROM people WHERE id = ?',
    values: [1],
    ends: [{ email: '[masked]' }],
    masked: ['people.email'],
  },
  { sql: 'SELECT p.email AS e FROM people p WHERE id = 2', ends: [{ e: '[masked]' }], masked: ['people.email'] },
  { sql: 'SELECT email FROM contacts WHERE id = 1', ends: [{ email: '[masked]' }], masked: ['people.email'] },
  { sql: 'SELECT UPPER(email) AS e FROM people WHERE id = 1', ends: [{ e: null }], masked: ['people.email'] },
  { sql: 'SELECT COUNT(*) AS n FROM people WHERE email = ?', values: ['ada@example.test'], ends: [{ n: 1 }] },
  { sql: 'SELECT CAST(paid AS CHAR) AS paid FROM people ORDER BY id', ends: [{ paid: '12.50' }, { paid: null }] },
  { sql: "SELECT id FROM people WHERE email LIKE 'a%'", ends: { errno: 1227, rule: 'masking' } },
  { sql: 'INSERT INTO log (line) SELECT email FROM people', ends: { errno: 1227, rule: 'masking' } },
  { sql: 'INSERT INTO log (line) VALUES (?)', values: ['x'], ends: 1 },
  { sql: 'UPDATE log SET line = ? WHERE line = ?', values: ['y', 'x'], ends: 1 },
  { sql: 'DELETE FROM log WHERE line = ?', values: ['y'], ends: 1 },
  { sql: 'DELETE FROM log', ends: { errno: 1227, rule: 'no-unbounded-writes' } },
  { sql: 'DELETE FROM log WHERE 1 = 1', ends: { errno: 1227, rule: 'no-unbounded-writes' } },
  { sql: 'DROP TABLE log', ends: { errno: 1227, rule: 'no-ddl' } },
  { sql: 'SELECT SLEEP(2)', ends: { errno: 1227, rule: 'no-side-effect-functions' } },
  { sql: "SELECT LOAD_FILE('/etc/passwd')", ends: { errno: 1227, rule: 'no-side-effect-functions' } },
  { sql: 'GRANT ALL ON *.* TO root', ends: { errno: 1227, rule: 'no-privilege-statements' } },
  { sql: 'SELECT nothing FROM people', ends: { errno: 1054 } },
];

/** A way for statements to the server. */
interface Front {
  readonly name: string;
  run(sql: string, values: readonly (string | number)[]): Promise<unknown>;
  records(): Promise<StatementRecord[]>;
}

let governed: Governed;
let proxied: Proxied;
let embedded: Pool;
let remote: Pool;
let builder: ReturnType<typeof knex>;

beforeAll(async () => {
  const database = inject('database');
  governed = await startGoverned(database, { statements, masks });
  proxied = await startProxied(database, { statements, masks });
  embedded = governed.pool({ connectionLimit: 1 });
  remote = createPool({ ...(await proxied.login('anna')), connectionLimit: 1 } as PoolOptions);
  const connection = { ...governed.schema.connection } as object;
  builder = governKnex(knex({ client: 'mysql2', connection, pool: { min: 0, max: 1 } }), governed.governor);
});
afterAll(async () => {
  await builder.destroy();
  await remote.promise().end();
  await governed.close();
  await proxied.close();
});

function streamed(pool: Pool, sql: string, values: readonly (string | number)[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const rows: unknown[] = [];
    let header: unknown;
    pool
      .query(sql, values as string[])
      .on('result', (result: object) => {
        if ('affectedRows' in result) header = result;
        else rows.push(result);
      })
      .on('error', reject)
      .on('end', () => resolve(header ?? rows));
  });
}

const embeddedRecords = (): Promise<StatementRecord[]> => governed.records();
const FRONTS: readonly Front[] = [
  {
    name: 'callback',
    run: (sql, values) =>
      new Promise((resolve, reject) => {
        embedded.query(sql, values as string[], (error, rows) => (error === null ? resolve(rows) : reject(error)));
      }),
    records: embeddedRecords,
  },
  {
    name: 'promise',
    run: async (sql, values) => (await embedded.promise().query(sql, values as string[]))[0],
    records: embeddedRecords,
  },
  {
    name: 'execute',
    run: async (sql, values) => (await embedded.promise().execute(sql, values as string[]))[0],
    records: embeddedRecords,
  },
  { name: 'events', run: (sql, values) => streamed(embedded, sql, values), records: embeddedRecords },
  {
    name: 'knex',
    run: async (sql, values) => ((await builder.raw(sql, values as string[])) as unknown[])[0],
    records: embeddedRecords,
  },
  {
    name: 'proxy',
    run: async (sql, values) => (await remote.promise().query(sql, values as string[]))[0],
    records: () => proxied.records(),
  },
  {
    name: 'proxy, execute',
    run: async (sql, values) => (await remote.promise().execute(sql, values as string[]))[0],
    records: () => proxied.records(),
  },
];

describe.each(FRONTS)('$name', (front) => {
  it.each(TABLE)('$sql', async ({ sql, values = [], ends, masked }) => {
    const before = (await front.records()).length;
    const seen = await front.run(sql, values).catch((error: unknown) => error as { errno: number; message: string });
    const isError = typeof ends === 'object' && 'errno' in ends;
    if (isError) {
      expect(seen).toMatchObject({ errno: ends.errno });
      if (ends.rule !== undefined) expect((seen as Error).message).toContain(`(rule ${ends.rule})`);
    } else if (typeof ends === 'number') expect(seen).toMatchObject({ affectedRows: ends });
    else expect(seen).toEqual(ends);

    const schema = front.name.startsWith('proxy') ? proxied.schema.name : governed.schema.name;
    const record = (await front.records()).slice(before).at(-1);
    const rule = isError ? ends.rule : undefined;
    expect(record).toMatchObject({
      agent: { subject: 'agent-anna', verified: true },
      verdict: { effect: rule === undefined ? 'allow' : 'deny', ...(rule !== undefined && { rule }) },
      outcome: { status: rule !== undefined ? 'denied' : isError ? 'error' : 'ok' },
    });
    expect(record?.outcome.masked).toEqual(masked?.map((column) => `${schema}.${column}`));
    if (Array.isArray(ends)) expect(record?.outcome.rows).toBe(ends.length);
    if (typeof ends === 'number') expect(record?.outcome.affected).toBe(ends);
  });
});
