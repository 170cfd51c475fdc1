import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { defaultPolicy, defineRule } from '../../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { replay, urlOf } from './replayed-session.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const captured = defineRule({
  name: 'captured',
  effect: 'warn',
  match: { tables: ['*.*'] },
  record: { capture: { rows: 5, bytes: 1000 } },
});
const database = inject('database');

describe('replay of a session with masks', () => {
  let governed: Governed;
  beforeAll(async () => {
    governed = await startGoverned(database, {
      statements: [
        'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))',
        "INSERT INTO customers VALUES (1, 'ada@example.test'), (2, 'b@example.test')",
      ],
      policy: { ...defaultPolicy(), rules: [...defaultPolicy().rules, captured] },
      masks: { 'customers.email': 'email' },
    });
  });
  afterAll(() => governed.close());

  it('does not run what was redacted, and compares the rest', async () => {
    const connection = await governed.pool({ connectionLimit: 1 }).promise().getConnection();
    await connection.query('SELECT id, email FROM customers ORDER BY id');
    await connection.query("SELECT id FROM customers WHERE email = 'ada@example.test'");
    await connection.execute('SELECT id FROM customers WHERE email = ?', ['ada@example.test']);
    await connection.execute("SELECT id FROM customers WHERE email = 'ada@example.test'");
    await connection.execute('SELECT email FROM customers WHERE id = ?', [2]);
    connection.release();
    const records = await governed.records();
    // The digest of masked rows is compared with nothing.
    expect(records[0]?.outcome).toMatchObject({
      masked: [expect.any(String)],
      result: { sets: [{ columns: ['id', 'email'] }] },
    });
    const { statements, code } = await replay(records, urlOf(governed.schema), '--same-server');
    const executed = statements.filter(({ command }) => command !== 'COM_STMT_PREPARE');
    expect(executed.map(({ result, reason }) => reason ?? result)).toEqual([
      'same',
      ...['redacted', 'redacted', 'redacted'],
      'same',
    ]);
    expect(JSON.stringify(statements)).not.toContain('ada@example.test');
    expect(code).toBe(0);
  });
});
