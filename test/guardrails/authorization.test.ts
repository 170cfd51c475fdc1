import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrationPolicy } from '../../src/guardrails/index.js';
import { createTokenVerifier, type Identity, withIdentity } from '../../src/index.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { forgeToken } from '../identity/forged-token.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';

const statements = [
  'CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(16))',
  'CREATE TABLE notes (id INT PRIMARY KEY, order_id INT)',
  'CREATE TABLE customers (id INT PRIMARY KEY)',
];
const DETAILS = [
  { type: 'countersign_sql', actions: ['read'], tables: ['*.orders', '*.notes'] },
  { type: 'countersign_sql', actions: ['UPDATE'], tables: ['*.notes'] },
  { type: 'countersign_sql', actions: ['INSERT'], tables: ['*.customers'] },
  { type: 'countersign_sql', actions: ['write', 'ddl'], tables: ['*.notes'], locations: ['staging'] },
  { type: 'payment_initiation', actions: ['initiate'] },
];
const database = inject('database');
let governed: Governed;
let pool: Pool;
let issuer: TestIssuer;
let narrow: Identity;

beforeAll(async () => {
  governed = await startGoverned(database, { statements, policy: migrationPolicy() });
  pool = governed.pool().promise();
  issuer = await startIssuer([]);
  const claims = { authorization_details: DETAILS };
  narrow = await createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience }).verify(
    await forgeToken(issuer, claims),
  );
});
afterAll(async () => {
  await governed.close();
  await issuer.stop();
});

const run = (sql: string): Promise<unknown> => withIdentity(narrow, () => pool.query(sql));

describe('the authorization details of a token', () => {
  it.each([
    'SELECT * FROM orders JOIN notes ON notes.order_id = orders.id',
    'UPDATE notes SET order_id = 2 WHERE id = 1',
    'INSERT INTO customers VALUES (1)',
    'SELECT 1',
    'START TRANSACTION',
    'COMMIT',
  ])('let %s run', async (sql) => {
    await expect(run(sql)).resolves.toBeDefined();
  });

  it.each([
    ['SELECT * FROM customers', 'customers'],
    ['SELECT * FROM orders WHERE id IN (SELECT id FROM customers)', 'customers'],
    ["UPDATE orders SET note = '' WHERE id = 1", 'orders'],
    ['DELETE FROM notes WHERE id = 1', 'DELETE with write access'],
    ['INSERT INTO notes VALUES (1, 1)', 'INSERT'],
    ['INSERT INTO customers VALUES (1) ON DUPLICATE KEY UPDATE id = 2', 'INSERT with write access'],
    ['DROP TABLE notes', 'DROP TABLE'],
    ['CREATE TABLE more (id INT)', 'CREATE TABLE'],
    ['DROP DATABASE elsewhere', 'DROP DATABASE'],
    ['SHOW TABLES', 'SHOW TABLES'],
    ['SELECT elsewhere.f() FROM orders', 'elsewhere.f, whose inside is not seen'],
  ])('refuse %s, which the policy allows', async (sql, what) => {
    await expect(run(sql)).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringMatching(new RegExp(`\\(rule authorization-details\\).* do not cover .*${what}`)) as string,
    });
    await expect(withIdentity(narrow, () => pool.execute(sql))).rejects.toMatchObject({ errno: 1227 });
    const record = await governed.recordOf(({ statement }) => statement.text === sql);
    expect(record).toMatchObject({ verdict: { effect: 'deny', rule: 'authorization-details' } });
  });

  it('narrow nobody else', async () => {
    await expect(pool.query('SELECT * FROM customers')).resolves.toBeDefined();
  });

  it('hold where their locations are', async () => {
    const staging = await startGoverned(database, { statements, policy: migrationPolicy(), environment: 'staging' });
    try {
      const own = staging.pool().promise();
      await withIdentity(narrow, () => own.query('INSERT INTO notes VALUES (5, 5)'));
      await withIdentity(narrow, () => own.query('ALTER TABLE notes ADD COLUMN x INT'));
      await expect(withIdentity(narrow, () => own.query('INSERT INTO orders VALUES (5)'))).rejects.toBeDefined();
    } finally {
      await staging.close();
    }
  });

  it('never widen what the policy allows', async () => {
    const denied = withIdentity(narrow, () => pool.query('SELECT SLEEP(1)'));
    await expect(denied).rejects.toMatchObject({
      message: expect.stringContaining('no-side-effect-functions') as string,
    });
  });
});
