import type { Pool, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrationPolicy } from '../../src/guardrails/index.js';
import { withIdentity, withTask } from '../../src/index.js';
import { type GeneralLog, openGeneralLog } from '../database/general-log.js';
import { type Governed, startGoverned } from '../governed/index.js';

let governed: Governed;
let pool: Pool;
let log: GeneralLog;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: ['CREATE TABLE t (id INT PRIMARY KEY, a LONGTEXT)'],
    policy: migrationPolicy(),
  });
  pool = governed.pool({ connectionLimit: 1, multipleStatements: true }).promise();
  log = await openGeneralLog(inject('database'));
});
afterAll(async () => {
  await log.close();
  await governed.close();
});

/** The texts that the server was sent with this in them, since the last call. */
async function sent(mark: string): Promise<readonly string[]> {
  const entries = await log.read({ user: governed.schema.name });
  return entries.map(({ argument }) => argument).filter((text) => text.includes(mark));
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const withoutIds = (text: string): string => text.replace(UUID, 'S').replace(/statement='\d+'/g, "statement='N'");

describe('what the server sees of a statement', () => {
  it('names agent, session, statement and task', async () => {
    await withTask('T-17', () => pool.query("SELECT 'one mark'"));
    const [text = ''] = await sent('one mark');
    expect(withoutIds(text)).toBe("/*agent='agent-anna',session='S',statement='N',task='T-17'*/ SELECT 'one mark'");
    const record = await governed.recordOf((candidate) => candidate.statement.text.includes('one mark'));
    expect(text).toContain(`session='${record.session.id}',statement='${record.session.statement_no}'`);
    expect(record.statement.text).toBe("SELECT 'one mark'");
  });

  it('is who runs it at the time, also in the process list', async () => {
    const identity = await governed.identity('bert');
    const [rows] = await withIdentity(identity, () =>
      pool.query<RowDataPacket[]>(
        "SELECT info, 'listed' FROM information_schema.processlist WHERE id = CONNECTION_ID()",
      ),
    );
    expect(Object.values(rows[0] ?? {})[0]).toMatch(/^\/\*agent='agent-bert',session='/);
  });

  it('holds in each of several statements', async () => {
    await pool.query("SELECT 'first of two';\n /* hers */ SELECT 'second of two; ' AS x;");
    const text = (await sent('of two')).join(';').replaceAll(/\s+/g, ' ');
    expect(withoutIds(text)).toMatch(
      /^\/\*agent='[\w-]+',session='S',statement='N'\*\/ SELECT 'first of two'; ?\/\*agent='[\w-]+',session='S',statement='N'\*\/ \/\* hers \*\/ SELECT 'second of two; ' AS x;?$/,
    );
  });

  it('holds in what is prepared', async () => {
    await withTask('T-18', () => pool.execute("SELECT ?, 'prepared mark'", [1]));
    expect((await sent('prepared mark')).map((text) => withoutIds(text).slice(0, 80))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\/\*agent='[\w-]+',session='S',statement='N',task='T-18'\*\/ SELECT \?/),
      ]),
    );
  });

  it('cannot be broken out of by what a task is called', async () => {
    await withTask("x'*/ DROP TABLE t; -- é!(", () => pool.query("SELECT 'quoted mark'"));
    const [text = ''] = await sent('quoted mark');
    expect(text).toContain("task='x%27%2A%2F%20DROP%20TABLE%20t%3B%20--%20%C3%A9%21%28'*/ SELECT 'quoted mark'");
  });

  it.each([
    "/*agent='admin'*/ SELECT 'forged mark'",
    "SELECT 'forged mark' /*agent='admin'*/",
    "SELECT 'forged mark' -- agent = 'admin'",
    "SELECT 'forged mark' # agent='admin'",
    "SELECT 1; /*x='1',agent='admin'*/ SELECT 'forged mark'",
  ])("is never the caller's own: %s", async (sql) => {
    await expect(pool.query(sql)).rejects.toThrow(/\(rule identity-tag\): a comment names an agent/);
    expect(await sent('forged mark')).toEqual([]);
  });

  it.each([
    "SELECT '/*agent=''admin''*/ literal mark'",
    "SELECT 1 AS `agent='x' /*`, 'literal mark' /* of the agents */",
    "SELECT 'literal mark' AS agent -- of the agent",
  ])('leaves literals, names and other comments alone: %s', async (sql) => {
    await pool.query(sql);
    expect((await sent('literal mark')).at(-1)).toMatch(/^\/\*agent='/);
  });

  it('does not move a statement into another frame', async () => {
    const largest = 'INSERT INTO t VALUES (1, ?)';
    for (const size of [(1 << 24) - 1 - largest.length - 40, (1 << 24) + 5]) {
      await pool.query(largest, ['x'.repeat(size)]);
      const [rows] = await pool.query<RowDataPacket[]>('SELECT LENGTH(a) AS n FROM t');
      expect(rows).toEqual([{ n: size }]);
      await pool.query('DELETE FROM t WHERE id = 1');
    }
  });
});

it('a governor may leave tags out', async () => {
  const untagged = await startGoverned(inject('database'), { tag: false });
  try {
    await untagged.pool().promise().query("/*agent='mine'*/ SELECT 'untagged mark'");
    const entries = await log.read({ user: untagged.schema.name });
    const texts = entries.map(({ argument }) => argument).filter((text) => text.includes('untagged mark'));
    expect(texts).toEqual(["/*agent='mine'*/ SELECT 'untagged mark'"]);
  } finally {
    await untagged.close();
  }
});
