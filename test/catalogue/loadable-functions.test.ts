import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { createReader, type ReaderAccount } from './reader-account.js';

const database = inject('database');
/** Of its own: the list of loadable functions is one for all schemas. */
const name = `twice_${randomBytes(4).toString('hex')}`;
const maxAgeMs = 1_000;
const statements = [
  `CREATE FUNCTION ${name}(n INT) RETURNS INT DETERMINISTIC NO SQL RETURN n * 2`,
  `CREATE VIEW seen AS SELECT ${name}(4) AS n`,
  `CREATE PROCEDURE calls() SELECT ${name}(5)`,
];

async function administer(...all: readonly string[]): Promise<void> {
  const admin = await createConnection(connectionOptions(database));
  try {
    for (const sql of all) await admin.query(sql);
  } finally {
    await admin.end();
  }
}

/** The server loads no such library: it is the list that counts. */
const load = (): Promise<void> =>
  administer(`REPLACE INTO mysql.func (name, ret, dl, type) VALUES ('${name}', 2, 'nowhere.so', 'function')`);
const unload = (): Promise<void> => administer(`DELETE FROM mysql.func WHERE name = '${name}'`);

const forgotten = (): Promise<void> => setTimeout(maxAgeMs + 100);
const unseen = new RegExp(`only-listed-routines.*${name} does is not seen`);

describe('a loadable function of the name of a stored one', () => {
  let governed: Governed;
  let reader: ReaderAccount;
  let query: (sql: string) => Promise<unknown>;
  beforeAll(async () => {
    reader = await createReader(database);
    const catalogue = { account: { user: reader.user, password: reader.password }, maxAgeMs };
    governed = await startGoverned(database, { statements, catalogue });
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    query = (sql) => pool.query(sql);
  });
  afterAll(async () => {
    await unload();
    await governed.close();
    await reader.drop();
  });

  const calls = (): readonly string[] => [
    `SELECT ${name}(1)`,
    `SELECT \`${name.toUpperCase()}\`(1)`,
    `DO ${name}(1)`,
    'CALL calls()',
    'SELECT n FROM seen',
  ];

  it('is the one that is called without a schema, and nobody sees its inside', async () => {
    for (const sql of calls()) await expect(query(sql), sql).resolves.toBeDefined();
    await load();
    await forgotten();
    for (const sql of calls()) await expect(query(sql), sql).rejects.toThrow(new RegExp(unseen, 'i'));
    await unload();
    await forgotten();
    for (const sql of calls()) await expect(query(sql), sql).resolves.toBeDefined();
  });

  it('is not the one that is called with a schema', async () => {
    await load();
    await forgotten();
    await expect(query(`SELECT ${governed.schema.name}.${name}(3)`)).resolves.toBeDefined();
    await unload();
  });
});

it('may be there where the account may not read which there are', async () => {
  const governed = await startGoverned(database, { catalogue: { maxAgeMs } });
  const account = `'${governed.schema.name}'@'%'`;
  try {
    const stock = governed.stockPool().promise();
    for (const sql of statements) await stock.query(sql);
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await expect(pool.query(`SELECT ${name}(1)`)).rejects.toThrow(unseen);
    await expect(pool.query('CALL calls()')).rejects.toThrow(unseen);
    await expect(pool.query(`SELECT ${governed.schema.name}.${name}(1)`)).resolves.toBeDefined();
    await administer(`GRANT SELECT ON mysql.func TO ${account}`);
    if (database.flavour === 'mysql') {
      await administer(`GRANT SELECT ON performance_schema.user_defined_functions TO ${account}`);
    }
    await forgotten();
    await expect(pool.query(`SELECT ${name}(1)`)).resolves.toBeDefined();
  } finally {
    await governed.close();
  }
});
