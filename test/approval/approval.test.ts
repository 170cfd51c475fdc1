import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { ApprovalAnswer, ApprovalRequest, Approver } from '../../src/approval/index.js';
import { boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import { withTask } from '../../src/session/index.js';
import { type Governed, type GovernedOptions, startGoverned } from '../governed/index.js';

const DELETE = 'DELETE FROM orders WHERE id = 1';
const database = inject('database');
let governed: Governed;

afterEach(() => governed.close());

function policy(): Policy {
  const { rules } = boundedPolicy();
  const ask = defineRule({
    name: 'ask-for-deletes',
    effect: 'approve',
    reason: 'Deletes are looked at.',
    match: { operations: ['DELETE'] },
  });
  return { name: 'test', rules: [ask, ...rules] };
}

async function start(approver: Approver | undefined, options: GovernedOptions = {}): Promise<void> {
  governed = await startGoverned(database, {
    statements: ['CREATE TABLE orders (id INT PRIMARY KEY)', 'INSERT INTO orders VALUES (1), (2), (3)'],
    policy: policy(),
    ...(approver !== undefined && { approver }),
    ...options,
  });
}

const yes: ApprovalAnswer = { approved: true, by: 'carol' };

async function rowsLeft(): Promise<number> {
  const [rows] = await governed.stockPool().promise().query('SELECT id FROM orders');
  return (rows as unknown[]).length;
}

describe('a statement that wants an approval', () => {
  it('says that its transaction is open', async () => {
    const open: boolean[] = [];
    await start((request) => {
      open.push(request.inTransaction);
      return Promise.resolve(yes);
    });
    const connection = await governed.pool().promise().getConnection();
    await connection.query(DELETE);
    await connection.beginTransaction();
    // Servers call it open when it has touched a table.
    await connection.query('INSERT INTO orders VALUES (4)');
    await connection.query(DELETE);
    await connection.rollback();
    await connection.query(DELETE);
    connection.release();
    expect(open).toEqual([false, true, false]);
  });

  it('waits, runs when somebody approves it, and its record says who', async () => {
    const requests: ApprovalRequest[] = [];
    await start(async (request) => {
      requests.push(request);
      await delay(50);
      expect(await rowsLeft()).toBe(3);
      return yes;
    });
    const pool = governed.pool().promise();
    await withTask('ticket-7', () => pool.query(DELETE));
    expect(await rowsLeft()).toBe(2);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      rule: 'ask-for-deletes',
      reason: 'Deletes are looked at.',
      taskId: 'ticket-7',
      taskSource: 'asserted',
      statements: [{ text: DELETE, operation: 'DELETE', tables: [{ table: 'orders', access: 'write' }] }],
    });
    const record = await governed.recordOf(({ statement }) => statement.text === DELETE);
    expect(record).toMatchObject({
      verdict: {
        effect: 'approve',
        rule: 'ask-for-deletes',
        approval: { id: requests[0]?.id, by: 'carol', decision: 'approved' },
      },
      outcome: { status: 'ok', affected: 1 },
    });
  });

  it('is refused where its values were sent ahead of it, which nobody could be shown', async () => {
    const requests: ApprovalRequest[] = [];
    await start((request) => {
      requests.push(request);
      return Promise.resolve(yes);
    });
    const connection = await governed.pool({ connectionLimit: 1 }).promise().getConnection();
    const statement = await connection.prepare('DELETE FROM orders WHERE id = ?');
    const { id } = (statement as unknown as { statement: { id: number } }).statement;
    const payload = Buffer.concat([Buffer.from([0x18, id & 0xff, id >> 8, 0, 0, 0, 0]), Buffer.from('1')]);
    const head = Buffer.from([payload.length, 0, 0, 0]);
    const driver = connection.connection as unknown as { write(bytes: Buffer): void };
    driver.write(Buffer.concat([head, payload]));
    await expect(statement.execute(['1'])).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('came as long data') as string,
    });
    connection.release();
    expect(requests).toEqual([]);
    expect(await rowsLeft()).toBe(3);
    const record = await governed.recordOf(({ statement: { command } }) => command === 'COM_STMT_EXECUTE');
    expect(record).toMatchObject({
      verdict: { effect: 'deny', rule: 'ask-for-deletes' },
      outcome: { status: 'denied' },
    });
  });

  it('is asked for at each execution of a prepared one, with its parameters, and not when it is prepared', async () => {
    const asked: (string | undefined)[] = [];
    await start((request) => {
      asked.push(request.statements[0]?.parameters);
      return Promise.resolve(yes);
    });
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await pool.execute('DELETE FROM orders WHERE id = ?', [1]);
    await pool.execute('DELETE FROM orders WHERE id = ?', [2]);
    expect(asked).toEqual(['[1]', '[2]']);
    expect(await rowsLeft()).toBe(1);
    const prepare = await governed.recordOf(({ statement }) => statement.command === 'COM_STMT_PREPARE');
    expect(prepare.verdict).toMatchObject({ effect: 'allow', notes: [{ rule: 'ask-for-deletes', effect: 'approve' }] });
  });

  it.each([
    [
      'rejects',
      () => Promise.resolve({ approved: false, by: 'carol', reason: 'not now' }),
      'carol rejected it: not now',
      'rejected',
    ],
    ['fails', () => Promise.reject(new Error('no network')), 'the approver failed: no network', 'rejected'],
    [
      'does not say who it is',
      () => Promise.resolve({ approved: true, by: '' }),
      'did not say who decided',
      'rejected',
    ],
    [
      'answers with something else',
      () => Promise.resolve({ approved: 'yes', by: 'carol' } as never),
      'carol rejected it',
      'rejected',
    ],
    ['throws what is no text', () => Promise.reject(Object.create(null) as Error), 'the approver failed', 'rejected'],
    ['does not answer', () => new Promise<never>(() => undefined), 'nobody approved it in time', 'expired'],
  ])('is refused where the approver %s, and the connection goes on', async (_what, approver, reason, decision) => {
    await start(approver, { approvalTimeoutMs: 200 });
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await expect(pool.query(DELETE)).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining(reason) as string,
    });
    expect(await rowsLeft()).toBe(3);
    const record = await governed.recordOf(({ statement }) => statement.text === DELETE);
    expect(record).toMatchObject({
      verdict: { effect: 'approve', approval: { decision } },
      outcome: { status: 'denied' },
    });
    await expect(pool.query('SELECT 1')).resolves.toBeDefined();
  });

  it('of two rules is asked for each, once, and the records say who gave which', async () => {
    const asked: string[] = [];
    const { rules } = policy();
    const updates = defineRule({ name: 'ask-for-updates', effect: 'approve', match: { operations: ['UPDATE'] } });
    await start(
      ({ rule }) => {
        asked.push(rule);
        return Promise.resolve({ approved: true, by: `who is asked by ${rule}` });
      },
      { policy: { name: 'two', rules: [updates, ...rules] } },
    );
    const multi = governed.pool({ multipleStatements: true }).promise();
    await multi.query('UPDATE orders SET id = 9 WHERE id = 1; DELETE FROM orders WHERE id = 2');
    expect(asked).toEqual(['ask-for-updates', 'ask-for-deletes']);
    for (const [operation, rule] of [
      ['UPDATE', 'ask-for-updates'],
      ['DELETE', 'ask-for-deletes'],
    ] as const) {
      const record = await governed.recordOf(({ statement }) => statement.operation === operation);
      expect(record.verdict).toMatchObject({ rule, approval: { by: `who is asked by ${rule}` } });
    }
  });

  it('is refused where nobody can be asked', async () => {
    await start(undefined);
    const refused = governed.pool().promise().query(DELETE);
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('nobody can be asked') as string });
  });

  it('is cancelled when its connection goes, and recorded so', async () => {
    let signalled: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      signalled = resolve;
    });
    let wasAborted = false;
    await start(async (_request, signal) => {
      signalled?.();
      await once(signal, 'abort');
      wasAborted = true;
      return yes;
    });
    const connection = await governed.pool().promise().getConnection();
    const refused = connection.query(DELETE).then(
      () => 'ran',
      () => 'refused',
    );
    await waiting;
    connection.destroy();
    const record = await governed.recordOf(({ statement }) => statement.text === DELETE);
    expect(record).toMatchObject({ verdict: { approval: { decision: 'cancelled' } }, outcome: { status: 'denied' } });
    expect(wasAborted).toBe(true);
    expect(await rowsLeft()).toBe(3);
    await Promise.race([refused, delay(100)]);
  });

  it('holds what is sent after it on the connection, and nothing on others', async () => {
    let approve: (() => void) | undefined;
    const approved = new Promise<void>((resolve) => {
      approve = resolve;
    });
    await start(async () => {
      await approved;
      return yes;
    });
    const order: string[] = [];
    const first = await governed.pool().promise().getConnection();
    const note = (what: string) => (): void => void order.push(what);
    const deleting = first.query(DELETE).then(note('delete'));
    const after = first.query('SELECT 1').then(note('after'));
    await governed.pool().promise().query('SELECT 2').then(note('other'));
    approve?.();
    await Promise.all([deleting, after]);
    expect(order).toEqual(['other', 'delete', 'after']);
  });
});
