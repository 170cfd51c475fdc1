import { afterEach, describe, expect, inject, it } from 'vitest';
import { readOnlyPolicy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const statements = [
  'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(64))',
  "INSERT INTO customers VALUES (1, 'zq7alice@example.test')",
  'CREATE TABLE notes (id INT PRIMARY KEY)',
];
const policy = { ...readOnlyPolicy(), name: 'trial', dryRun: true };
let governed: Governed;

afterEach(() => governed.close());

describe('a policy on a dry run', () => {
  it('refuses nothing, and the records say what it would have refused', async () => {
    governed = await startGoverned(inject('database'), { statements, policy });
    const pool = governed.pool().promise();
    await pool.query('DELETE FROM notes');
    const record = await governed.recordOf(({ statement }) => statement.operation === 'DELETE');
    expect(record.verdict).toMatchObject({ effect: 'allow', notes: [{ rule: 'no-writes', effect: 'deny' }] });
  });

  it('knows the mode of the session also after what it did not understand', async () => {
    governed = await startGoverned(inject('database'), { statements, policy });
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await pool.query("SET sql_mode = (SELECT CONCAT('ANSI', '_QUOTES'))");
    await pool.query('SELECT "id" FROM notes');
    const record = await governed.recordOf(({ statement }) => statement.text.includes('notes'));
    expect(record.statement.fingerprint).toBe('select `id` from notes');
  });

  it('masks as ever, and refuses what it cannot mask', async () => {
    governed = await startGoverned(inject('database'), { statements, policy, masks: { 'customers.email': 'email' } });
    const pool = governed.pool().promise();
    await expect(pool.query('HANDLER customers OPEN')).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('(rule masking)') as string,
    });
    const [rows] = await pool.query('SELECT email FROM customers');
    expect(JSON.stringify(rows)).not.toContain('zq7alice');
  });
});
