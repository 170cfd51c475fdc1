import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { IntentRecord, StatementRecord } from '../../src/audit/index.js';
import { createGovernor } from '../../src/session/index.js';
import { boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import { fileTransport } from '../../src/transports/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const policy: Policy = {
  ...boundedPolicy(),
  rules: [
    ...boundedPolicy().rules,
    defineRule({
      name: 'writes-elsewhere-first',
      effect: 'warn',
      match: { kinds: ['insert', 'update', 'delete'] },
      record: { durability: 'remote' },
    }),
  ],
};

describe('a rule that wants the record to be with the receiver first', () => {
  let governed: Governed;
  afterEach(() => governed.close());

  const start = async (receiverDown: boolean): Promise<void> => {
    governed = await startGoverned(inject('database'), {
      statements: ['CREATE TABLE notes (id INT PRIMARY KEY, body VARCHAR(80))', "INSERT INTO notes VALUES (1, 'a')"],
      policy,
      receiverDown,
      remoteDeadlineMs: 300,
    });
  };

  const intents = (): IntentRecord[] =>
    governed.delivered().filter((record): record is IntentRecord => record.type === 'intent');
  const updates = (): StatementRecord[] =>
    governed
      .delivered()
      .filter((record): record is StatementRecord => record.type === 'statement')
      .filter(({ statement }) => statement.operation === 'UPDATE');

  it('lets a write run only when the receiver has it, also one that is prepared', async () => {
    await start(false);
    const pool = governed.pool().promise();
    const other = await governed.stockPool().promise().getConnection();
    await other.query('BEGIN');
    await other.query('SELECT body FROM notes WHERE id = 1 FOR UPDATE');
    const sql = "UPDATE notes SET body = 'b' WHERE id = 1";
    const blocked = pool.query(sql);
    await expect.poll(() => intents().map(({ statement }) => statement.text)).toEqual([sql]);
    expect(updates()).toEqual([]);
    await other.query('COMMIT');
    other.release();
    await blocked;
    await pool.execute('UPDATE notes SET body = ? WHERE id = ?', ['c', 1]);
    await pool.query('SELECT body FROM notes WHERE id = 1');
    await governed.records();
    expect(updates().map(({ id }) => id)).toEqual(intents().map(({ event }) => event.record));
    expect(updates().map(({ statement }) => statement.command)).toEqual([
      'COM_QUERY',
      'COM_STMT_PREPARE',
      'COM_STMT_EXECUTE',
    ]);
  });

  it('refuses a write while the receiver is away, lets reads go on, and recovers', async () => {
    await start(true);
    const pool = governed.pool().promise();
    const write = (): Promise<unknown> => pool.query("UPDATE notes SET body = 'z' WHERE id = 1");
    const read = async (): Promise<unknown> => (await pool.query('SELECT body FROM notes WHERE id = 1'))[0];
    await expect(write()).rejects.toThrow(/has not acknowledged its record within 300 ms/);
    expect(await read()).toEqual([{ body: 'a' }]);
    governed.receiverBack();
    await expect.poll(() => write().then(() => 'ran', String), { timeout: 20_000 }).toBe('ran');
    expect(await read()).toEqual([{ body: 'z' }]);
    await governed.governor.close();
    const ends = updates().map(({ outcome }) => outcome.status);
    expect(ends.filter((status) => status !== 'aborted')).toEqual(['ok']);
    expect(updates()[0]?.outcome).toMatchObject({ status: 'aborted' });
  });

  it('is no rule for a trail whose receivers do not acknowledge', async () => {
    await start(false);
    const directory = mkdtempSync(join(tmpdir(), 'countersign-remote-'));
    try {
      const audit = { directory, transports: [fileTransport({ path: join(directory, 'records.jsonl') })] };
      await expect(createGovernor({ audit, policy })).rejects.toThrow(
        /policy: a rule asks for durability: remote: no transport acknowledges/,
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
