import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createReader, type ReaderAccount } from '../catalogue/reader-account.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { parsedLines, runCommand } from './run-command.js';

const database = inject('database');

interface Checked {
  readonly code: unknown;
  readonly checks: readonly Record<string, unknown>[];
  readonly err: string;
}

describe('check --server', () => {
  let schema: TestSchema;
  let reader: ReaderAccount;
  const check = async (password: string, ...sql: readonly string[]): Promise<Checked> => {
    const ssl = encodeURIComponent(JSON.stringify({ rejectUnauthorized: false }));
    const url = `mysql://${reader.user}:${password}@${database.host}:${database.port}/${schema.name}?ssl=${ssl}`;
    const ended = await runCommand(['check', '--json', '--server', url, ...sql]);
    return { code: ended.code, err: ended.err, checks: parsedLines(ended) };
  };
  beforeAll(async () => {
    schema = await createSchema(database, [
      'CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(20))',
      'CREATE VIEW noted AS SELECT id FROM orders WHERE note IS NOT NULL',
      'CREATE PROCEDURE clear_notes() UPDATE orders SET note = NULL',
      'CREATE FUNCTION one() RETURNS INT DETERMINISTIC NO SQL RETURN 1',
    ]);
    reader = await createReader(database);
  });
  afterAll(async () => {
    await schema.drop();
    await reader.drop();
  });

  it('judges views and routines by what they do, and tells keys', async () => {
    const { code, checks } = await check(
      reader.password,
      'SELECT * FROM noted WHERE id = one()',
      'CALL clear_notes()',
      "DELETE FROM orders WHERE note = 'x'",
    );
    expect(code).toBe(0);
    const [view, call, write] = checks;
    expect(view).toMatchObject({ verdict: 'allow' });
    expect(view?.['tables']).toEqual([
      { schema: schema.name, table: 'noted', access: 'read' },
      { schema: schema.name, table: 'orders', access: 'read', via: `${schema.name}.noted` },
    ]);
    expect(call).toMatchObject({
      verdict: 'deny',
      rule: 'no-unbounded-writes',
      reason: `in ${schema.name}.clear_notes: UPDATE has no WHERE: say which rows are meant`,
    });
    expect(write).toMatchObject({ verdict: 'allow', facts: expect.arrayContaining(['without-key']) as unknown });
  });

  it('says why the server cannot be asked', async () => {
    const { code, err } = await check('wrong', 'SELECT 1');
    expect(code).toBe(1);
    expect(err).toMatch(/^countersign: the server of --server cannot be asked: .*denied/i);
    expect(err).not.toContain('wrong@');
  });
});
