import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';

import type { StatementRecord } from '../../../src/audit/index.js';
import { createCollector } from '../../../src/collector/index.js';
import { defineRule } from '../../../src/guardrails/index.js';
import { withTask } from '../../../src/index.js';
import { afterThisTest, temporaryDirectory } from '../../audit/trail-fixtures.js';
import { startDatabase, type TestDatabase } from '../../database/index.js';
import { createSchema, type TestSchema } from '../../database/schema.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { runCommand } from '../run-command.js';
import { statementRecord } from '../session-records.js';
import { fileOf, flagsFor, replay, type Result, urlOf } from './replayed-session.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const database = inject('database');
const statements = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), photo BLOB)',
  "INSERT INTO customers VALUES (1, 'Ada', 0xfffe), (2, 'Béla', NULL)",
];
/** What the test database is put back to. */
const asBefore = ['DELETE FROM customers', ...statements.slice(1)];

describe('replay', () => {
  let governed: Governed;
  let other: TestDatabase;
  let copy: TestSchema;
  let recorded: StatementRecord[];
  let elsewhere: readonly string[];

  const inCopy = async (...all: readonly string[]): Promise<RowDataPacket[]> => {
    const connection = await createConnection(copy.connection);
    try {
      for (const sql of all.slice(0, -1)) await connection.query(sql);
      const [rows] = await connection.query<RowDataPacket[]>(all.at(-1) ?? '');
      return rows;
    } finally {
      await connection.end();
    }
  };
  const again = (...flags: readonly string[]): Promise<Result> => replay(recorded, urlOf(copy), ...elsewhere, ...flags);

  beforeAll(async () => {
    const noTruncate = defineRule({ name: 'no-truncate', effect: 'deny', match: { operations: ['TRUNCATE TABLE'] } });
    const captured = defineRule({
      name: 'captured',
      effect: 'warn',
      match: { tables: ['*.*'] },
      for: { tasks: ['captured'] },
      record: { capture: { rows: 5, bytes: 1000 } },
    });
    const policy = { name: 'open', rules: [noTruncate, captured], otherwise: 'allow' as const };
    [governed, other] = await Promise.all([startGoverned(database, { statements, policy }), startDatabase()]);
    copy = await createSchema(other, statements);
    elsewhere = flagsFor(database, other);
    const connection = await governed.pool({ connectionLimit: 1 }).promise().getConnection();
    const fails = (sql: string): Promise<unknown> => connection.query(sql).catch((error: unknown) => error);
    await connection.query('SELECT id, name FROM customers ORDER BY id');
    await connection.execute('SELECT id FROM customers WHERE id = ? AND name = ? AND photo = ?', [
      1,
      'Ada',
      Buffer.from([0xff, 0xfe]),
    ]);
    await fails('SELECT * FROM nowhere');
    await fails('TRUNCATE TABLE customers');
    await connection.query("SET sql_mode = 'ANSI_QUOTES'");
    await connection.query('SELECT "id" FROM "customers" WHERE "name" = \'Béla\'');
    await connection.beginTransaction();
    await connection.execute('UPDATE customers SET name = ? WHERE id > ?', ['Zoë', 0]);
    await connection.query("SELECT id FROM customers WHERE name = 'Zoë'");
    await connection.rollback();
    await connection.query("SELECT id FROM customers WHERE name = 'Zoë'");
    connection.release();
    recorded = await governed.records();
  });
  beforeEach(async () => {
    await inCopy(...asBefore);
  });
  afterAll(async () => {
    await governed.close();
    await copy.drop();
    await other.stop();
  });

  it('runs what reads, on another server and in a schema of another name, and ends with 0 where nothing differs', async () => {
    const reads = recorded.filter(({ session }) => (session.statement_no ?? 0) <= 8);
    const { code, summary, statements: lines, err } = await replay(reads, urlOf(copy), ...elsewhere);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines.map(({ command, result, reason }) => [command, reason ?? result])).toEqual([
      ['COM_QUERY', 'same'],
      ['COM_STMT_PREPARE', 'same'],
      ['COM_STMT_EXECUTE', 'same'],
      ['COM_QUERY', 'same'],
      ['COM_QUERY', 'refused'],
      ['COM_QUERY', 'same'],
      ['COM_QUERY', 'same'],
      ['COM_QUERY', 'same'],
    ]);
    expect(summary).toMatchObject({ statements: 8, same: 7, differs: 0, skipped: 1, reasons: { refused: 1 } });
  });

  it('reports what differs in a test database that is another one, and ends with 1', async () => {
    await inCopy("INSERT INTO customers VALUES (3, 'Cleo', NULL)", 'DELETE FROM customers WHERE id = 1');
    await inCopy('ALTER TABLE customers RENAME COLUMN photo TO picture');
    try {
      const { code, statements: lines } = await again();
      expect(code).toBe(1);
      expect(lines[1]).toMatchObject({
        result: 'differs',
        differences: [{ what: 'status', recorded: 'ok', replayed: 'error 1054' }],
        answer: { status: 'error', error: { code: 1054 } },
      });
      expect(lines[0]).toMatchObject({ result: 'same', recorded: { rows: 2 }, answer: { rows: 2 } });
    } finally {
      await inCopy('ALTER TABLE customers RENAME COLUMN picture TO photo');
    }
    await inCopy('CREATE TABLE nowhere (id INT)');
    const { statements: lines } = await again();
    await inCopy('DROP TABLE nowhere');
    expect(lines.filter(({ result }) => result === 'differs')).toMatchObject([
      {
        text: expect.stringContaining('photo = ?') as string,
        differences: [{ what: 'rows', recorded: 1, replayed: 0 }],
      },
      { differences: [{ what: 'status', recorded: 'error 1146', replayed: 'ok' }] },
      { differences: [{ what: 'rows', recorded: 2, replayed: 0 }] },
    ]);
  });

  it('compares rows by the digest of those that were captured, in both protocols', async () => {
    const bound = 'SELECT id, name, photo FROM customers WHERE id > ? ORDER BY id';
    const connection = await governed.pool({ connectionLimit: 1 }).promise().getConnection();
    const before = (await governed.records()).length;
    await withTask('captured', async () => {
      await connection.query('SELECT id, name FROM customers ORDER BY id');
      await connection.execute(bound, [0]);
    });
    connection.release();
    const session = (await governed.records()).slice(before);
    const differences = async (): Promise<unknown> =>
      (await replay(session, urlOf(copy), ...elsewhere)).statements.map((line) => line['differences']);
    expect(await differences()).toEqual([[], [], []]);
    await inCopy("UPDATE customers SET name = 'Adele' WHERE id = 1");
    const digest = { what: 'digest', recorded: session[0]?.outcome.result?.digest };
    expect(await differences()).toMatchObject([[digest], [], [{ what: 'digest' }]]);
  });

  it('runs no write unless it is told to, and says so', async () => {
    const { statements: lines, summary } = await again();
    expect(lines.filter(({ reason }) => reason === 'not-allowed')).toMatchObject([
      { command: 'COM_STMT_PREPARE', detail: 'UPDATE (no-writes): UPDATE writes' },
      { command: 'COM_STMT_EXECUTE', detail: 'UPDATE (no-writes): UPDATE writes' },
    ]);
    expect(summary).toMatchObject({ differs: 1, reasons: { refused: 1, 'not-allowed': 2 } });
    expect(await inCopy("SELECT * FROM customers WHERE name = 'Zoë'")).toEqual([]);
  });

  it('runs writes with --write, in the transactions that they were in', async () => {
    const { code, summary, statements: lines } = await again('--write');
    expect(lines.filter(({ result }) => result === 'differs')).toEqual([]);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ statements: recorded.length, same: recorded.length - 1, reasons: { refused: 1 } });
    expect(await inCopy("SELECT * FROM customers WHERE name = 'Zoë'")).toEqual([]);
    await inCopy("UPDATE customers SET name = 'Zoë' WHERE id = 2");
    const { statements: differing } = await again('--write');
    const update = differing.find(
      ({ text, command }) => /^UPDATE/.test(String(text)) && command === 'COM_STMT_EXECUTE',
    );
    expect(update).toMatchObject({ result: 'same', answer: { affected: 2 } });
  });

  it('follows with --write what the session does to the schema', async () => {
    const session: readonly [string, object][] = [
      ['CREATE TABLE notes (id INT PRIMARY KEY)', { affected: 0 }],
      ['CREATE PROCEDURE note(n INT) INSERT INTO notes VALUES (n)', { affected: 0 }],
      ['CALL note(7)', { affected: 1 }],
      ['CREATE TEMPORARY TABLE few SELECT id FROM notes', { affected: 1 }],
      ['SELECT id FROM few', { rows: 1 }],
      ['DROP PROCEDURE note', { affected: 0 }],
      ['DROP TABLE notes', { affected: 0 }],
      ["SELECT 1 INTO OUTFILE '/tmp/countersign-replay-write'", { affected: 1 }],
    ];
    const records = session.map(([text, figures], index) =>
      statementRecord({ no: index + 1, text, outcome: { rows: undefined, ...figures } }),
    );
    const { statements: lines } = await replay(records, urlOf(copy), '--write');
    expect(lines.map(({ text, result, detail }) => [text, detail ?? result])).toEqual([
      ...session.slice(0, -1).map(([text]) => [text, 'same']),
      [session.at(-1)?.[0], expect.stringContaining('no-file-access') as string],
    ]);
  });

  it('tells people only of what differs and of what was not run, and counts', async () => {
    await inCopy('DELETE FROM customers WHERE id = 1');
    const args = [
      'replay',
      recorded[0]?.session.id ?? '',
      '--file',
      fileOf(recorded),
      '--to',
      urlOf(copy),
      ...elsewhere,
    ];
    const { out, code } = await runCommand(args);
    expect(code).toBe(1);
    expect(out).toContain('#1     differs  rows 2 → 1\n       SELECT id, name FROM customers ORDER BY id\n');
    expect(out).toMatch(
      /\n1[0-9] statements, \d as recorded, 3 differ, 3 not run\n {4}1 refused when it was recorded\n/,
    );
  });

  it('reads the session from a collector', async () => {
    const collector = await createCollector({ directory: temporaryDirectory() });
    afterThisTest(() => collector.close());
    const headers = { 'content-type': 'application/json' };
    await fetch(collector.recordsUrl, { method: 'POST', headers, body: JSON.stringify({ records: recorded }) });
    const args = ['replay', recorded[0]?.session.id ?? '', '--url', collector.url, '--to', urlOf(copy)];
    const { code, out } = await runCommand([...args, '--write', ...elsewhere]);
    expect(out).toContain(`${recorded.length} statements, ${recorded.length - 1} as recorded, 0 differ, 1 not run\n`);
    expect(code).toBe(0);
  });

  it.each([undefined, 'localhost'])('does not go to the server of the records, by whatever name (%s)', async (host) => {
    const { code, err, out } = await replay(recorded, urlOf(governed.schema, host));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('give --same-server');
    const allowed = await replay(recorded, urlOf(governed.schema, host), '--same-server', '--write');
    expect(allowed.summary).toMatchObject({ differs: 0 });
  });

  it('does not go to a server that a record does not name, or that calls itself by the name in the record', async () => {
    const [first] = recorded;
    const [{ name, port } = { name: '', port: 0 }] = await inCopy('SELECT @@hostname AS name, @@port AS port');
    for (const server of [undefined, `${String(name).toUpperCase()}:${String(port)}`]) {
      const { code, err } = await replay([{ ...first, db: { ...first?.db, server } }], urlOf(copy));
      expect(code).toBe(1);
      expect(err).toContain('give --same-server');
    }
  });

  it('says why the test database cannot be used', async () => {
    const { code, err } = await replay(recorded, urlOf(copy).replace(/:[^:@]+@/, ':wrong@'));
    expect(code).toBe(1);
    expect(err).toMatch(/^countersign: the server of --to cannot be used: .*denied/i);
  });
});
