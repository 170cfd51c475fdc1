import { createConnection, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { defineRule, migrationPolicy, type Policy } from '../../src/guardrails/index.js';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';

const base = migrationPolicy();
const policy: Policy = {
  ...base,
  rules: [
    defineRule({ name: 'no-payroll', effect: 'deny', match: { tables: ['*.payroll'], kinds: ['select'] } }),
    ...base.rules,
  ],
};
const statements = ['CREATE TABLE payroll (id INT PRIMARY KEY)', 'CREATE TABLE open_to_all (id INT PRIMARY KEY)'];

describe('the catalogue follows what changes', () => {
  let governed: Governed;
  let pool: Pool;
  const administer = async (...changes: readonly string[]): Promise<void> => {
    const admin = await createConnection({ ...connectionOptions(inject('database')), database: governed.schema.name });
    try {
      for (const sql of changes) await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  beforeAll(async () => {
    governed = await startGoverned(inject('database'), { statements, policy, catalogue: { maxAgeMs: 1_000 } });
    pool = governed.pool({ connectionLimit: 2 }).promise();
  });
  afterAll(() => governed.close());

  it('at once, where it is changed on a governed connection', async () => {
    await pool.query('CREATE VIEW window_to AS SELECT id FROM open_to_all');
    await expect(pool.query('SELECT * FROM window_to')).resolves.toBeDefined();
    await pool.query('DROP VIEW window_to');
    await pool.query('CREATE TABLE window_to (id INT)');
    await pool.query(
      'CREATE TRIGGER spill AFTER INSERT ON window_to FOR EACH ROW INSERT INTO open_to_all VALUES (NEW.id)',
    );
    await expect(pool.query('INSERT INTO window_to VALUES (1)')).resolves.toBeDefined();
    await pool.query('DROP TRIGGER spill');
    await pool.query(
      'CREATE TRIGGER spill AFTER INSERT ON window_to FOR EACH ROW DELETE FROM open_to_all WHERE id = NEW.id',
    );
    await expect(pool.query('INSERT INTO window_to VALUES (1)')).resolves.toBeDefined();
    const record = await governed.recordOf(({ statement }) => statement.operation === 'INSERT');
    expect(record.statement.tables).toContainEqual({
      schema: governed.schema.name,
      table: 'open_to_all',
      access: 'write',
      via: `${governed.schema.name}.spill`,
    });
  });

  it('at once, where somebody else has made what it did not know', async () => {
    await pool.query('SELECT * FROM open_to_all');
    // It is read again for a name that it misses, but not more than once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await administer('CREATE VIEW late AS SELECT id FROM payroll');
    await expect(pool.query('SELECT * FROM late')).rejects.toThrow('no-payroll');
  });

  it('within its age, where somebody else has changed what it knew, also for what is prepared', async () => {
    await administer('CREATE VIEW shifting AS SELECT id FROM open_to_all');
    const connection = await pool.getConnection();
    const prepared = await connection.prepare('SELECT id FROM shifting');
    await expect(prepared.execute([])).resolves.toBeDefined();
    await administer('ALTER VIEW shifting AS SELECT id FROM payroll');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await expect(prepared.execute([])).rejects.toThrow('no-payroll');
    await expect(connection.query('SELECT id FROM shifting')).rejects.toThrow('no-payroll');
    await prepared.close();
    connection.release();
  });

  it('also where many statements wait for it', async () => {
    await administer('CREATE OR REPLACE VIEW shifting AS SELECT id FROM open_to_all');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const all = await Promise.all(Array.from({ length: 20 }, (_, id) => pool.query('SELECT ?', [id])));
    const views = await Promise.all(Array.from({ length: 20 }, () => pool.query('SELECT COUNT(*) FROM shifting')));
    expect([all.length, views.length]).toEqual([20, 20]);
  });
});
