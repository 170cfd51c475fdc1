import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { openReplayConnection } from '../../../adapters/mysql2/replay-connection.js';
import { readRecorded } from '../../../src/cli/replay/recorded.js';
import { Replayer } from '../../../src/cli/replay/replayer.js';
import { PolicyChecker } from '../../../src/session/policy-checker.js';
import { dialectOf } from '../../../src/session/session-state.js';
import { connectionOptions } from '../../database/readiness.js';
import { createSchema, type TestSchema } from '../../database/schema.js';
import { statementRecord } from '../session-records.js';
import { replay, urlOf } from './replayed-session.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const database = inject('database');
const FILE = '/tmp/countersign-replay-outfile';

const DISGUISED = [
  'DELETE FROM t',
  'INSERT INTO t VALUES (2)',
  'SELECT 1; DELETE FROM t',
  '/*! DELETE FROM t */',
  'SELECT /* harmless */ 1 /*!; DELETE FROM t */',
  'WITH x AS (SELECT 1 AS n) DELETE FROM t WHERE n IN (SELECT n FROM x)',
  'EXPLAIN ANALYZE DELETE FROM t',
  'ANALYZE DELETE FROM t',
  `SELECT n FROM t INTO OUTFILE '${FILE}'`,
  `SELECT n INTO DUMPFILE '${FILE}' FROM t LIMIT 1`,
  "SELECT LOAD_FILE('/etc/hostname')",
  "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t",
  'SELECT add_one()',
  'SELECT * FROM t WHERE n = add_one()',
  'SELECT * FROM adding',
  'CALL add_many()',
  'CALL unheard_of()',
  'SELECT * FROM t FOR UPDATE',
  "SELECT GET_LOCK('x', 1)",
  'SELECT SLEEP(100)',
  'SELECT NEXTVAL(s)',
  'SELECT SETVAL(s, 100)',
  'SET SESSION TRANSACTION READ WRITE',
  'SET tx_read_only = 0',
  'SET @@session.transaction_read_only = 0',
  'SET STATEMENT tx_read_only = 0 FOR DELETE FROM t',
  'START TRANSACTION READ WRITE',
  "PREPARE p FROM 'DELETE FROM t'",
  "EXECUTE IMMEDIATE 'DELETE FROM t'",
  'BEGIN NOT ATOMIC DELETE FROM t; END',
  'LOCK TABLES t WRITE',
  'CREATE TABLE u (n INT)',
  'CREATE TEMPORARY TABLE u (n INT)',
  'DROP TABLE t',
  "GRANT ALL ON *.* TO 'x'@'%'",
  'SET GLOBAL max_connections = 1',
  'KILL 1',
];

/** As a root whom nothing holds back but the replay. */
describe('replay without --write', () => {
  let schema: TestSchema;
  let url: string;
  const asRoot = async (...all: readonly string[]): Promise<RowDataPacket[]> => {
    const connection = await createConnection({ ...connectionOptions(database), database: schema.name });
    try {
      for (const sql of all.slice(0, -1)) await connection.query(sql);
      const [rows] = await connection.query<RowDataPacket[]>(all.at(-1) ?? '');
      return rows;
    } finally {
      await connection.end();
    }
  };
  beforeAll(async () => {
    schema = await createSchema(database, [
      'CREATE TABLE t (n INT)',
      'INSERT INTO t VALUES (1)',
      'CREATE FUNCTION add_one() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (1); RETURN 1; END',
      'CREATE PROCEDURE add_many() INSERT INTO t VALUES (1), (2), (3)',
      'CREATE VIEW adding AS SELECT add_one() AS one',
      'CREATE PROCEDURE count_them() SELECT COUNT(*) FROM t',
    ]);
    const { user, password } = database;
    url = urlOf({ ...schema, connection: { ...schema.connection, user, password } });
  });
  afterAll(() => schema.drop());

  const forged = (text: string, index: number, command: string): object =>
    statementRecord({
      no: index + 1,
      text,
      // What the record says of it is not believed.
      statement: { command, operation: 'SELECT', summary: 'SELECT t', tables: [] },
      db: { namespace: schema.name },
    });

  it.each(['COM_QUERY', 'COM_STMT_EXECUTE'])(
    'runs nothing that writes, however it is disguised (%s)',
    async (command) => {
      const { statements, err } = await replay(
        DISGUISED.map((text, index) => forged(text, index, command)),
        url,
      );
      expect(err).toBe('');
      const ran = statements.filter(({ result }) => result !== 'skipped').map(({ text }) => text);
      expect(ran).toEqual([]);
      expect(new Set(statements.map(({ reason }) => reason))).toEqual(new Set(['not-allowed']));
      expect(statements).toHaveLength(DISGUISED.length);
      expect(await asRoot('SELECT n FROM t')).toEqual([{ n: 1 }]);
      expect(await asRoot(`SELECT LOAD_FILE('${FILE}') AS file`)).toEqual([{ file: null }]);
    },
  );

  it('runs routines that are seen to read only', async () => {
    const record = statementRecord({
      no: 1,
      text: 'CALL count_them()',
      outcome: { rows: 1, affected: 0 },
      db: { namespace: schema.name },
    });
    expect((await replay([record], url)).statements).toMatchObject([{ result: 'same' }]);
  });

  it('has the server refuse, too, what would be let through, also after the connection was reset', async () => {
    const connection = await openReplayConnection(url);
    const everything = { name: 'everything', rules: [], otherwise: 'allow' as const, masks: [] };
    const checker = new PolicyChecker(everything, dialectOf(connection.version));
    const replayer = new Replayer(connection, checker, { sameServer: false, readOnly: true });
    const texts = ['DELETE FROM t', 'SELECT add_one()', 'CALL add_many()', 'SELECT * FROM adding'];
    const run = async (text: string, command: string): Promise<unknown> => {
      const recorded = readRecorded(forged(text, 0, command));
      return recorded && replayer.replay(recorded);
    };
    const refused = {
      result: 'skipped',
      reason: 'not-allowed',
      detail: expect.stringMatching(/^the server: .*READ ONLY/) as string,
    };
    for (const text of texts) expect(await run(text, 'COM_QUERY')).toEqual(refused);
    await run('', 'COM_RESET_CONNECTION');
    for (const text of texts) expect(await run(text, 'COM_STMT_EXECUTE')).toEqual(refused);
    await connection.close();
    expect(await asRoot('SELECT n FROM t')).toEqual([{ n: 1 }]);
  });

  it('skips what its record does not hold, and says why', async () => {
    const of =
      (statement: object, outcome: object = {}): ((no: number) => object) =>
      (no) =>
        statementRecord({ no, statement, outcome, db: { namespace: schema.name } });
    const execute = (parameters: readonly unknown[]): ((no: number) => object) =>
      of({ command: 'COM_STMT_EXECUTE', text: 'SELECT n FROM t WHERE n = ?', parameters });
    const records = [
      of({ text: "SELECT n FROM t WHERE n = '", truncated: true }),
      of({ text: 'select n from t where n = ?', redacted: true }),
      of({
        command: 'COM_STMT_EXECUTE',
        text: 'SELECT n FROM t WHERE n = ?',
        parameters: ['[redacted]'],
        redacted: true,
      }),
      execute([]),
      execute([`${'x'.repeat(4096)}… (9000 bytes)`]),
      execute(['(70000 bytes of long data)']),
      execute([{ n: 1 }]),
      execute([1]),
      of({ command: 'COM_STMT_FETCH' }),
      of({ command: 'COM_INIT_DB', text: schema.name }),
      of({ text: `USE ${schema.name}` }),
      of({}, { status: 'denied' }),
      of({}, { status: 'aborted' }),
      of({ text: 7 }),
      of({ command: 'COM_RESET_CONNECTION', text: '' }, { rows: undefined }),
      of({ text: 'DELETE FROM t' }),
      of({ text: 'SELECT n FROM t' }, { status: 'unknown' }),
      of({ text: 'SELECT n FROM t' }, { limited: { rule: 'r', limit: 'rows' } }),
    ].map((make, index) => make(index + 1));
    const { statements, summary, code } = await replay(records, url);
    expect(statements.map(({ result, reason }) => reason ?? result)).toEqual([
      'truncated',
      ...['redacted', 'redacted'],
      ...['parameters', 'parameters', 'parameters'],
      'malformed',
      'same',
      'command',
      ...['schema-change', 'schema-change'],
      'refused',
      'aborted',
      'malformed',
      'same',
      'not-allowed',
      ...['uncompared', 'uncompared'],
    ]);
    expect(summary).toMatchObject({ statements: 18, same: 2, uncompared: 2, skipped: 14, differs: 0 });
    expect(code).toBe(0);
  });

  it('shows nothing of a statement that commands the terminal', async () => {
    const text = 'DELETE FROM t -- \u001b[2J\u202e';
    const { out } = await replay([forged(text, 0, 'COM_QUERY')], url);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ text });
  });
});
