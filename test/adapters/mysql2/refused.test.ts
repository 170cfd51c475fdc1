import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isRefused, type RefusedError } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';

let governed: Governed;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), { statements: ['CREATE TABLE t (id INT PRIMARY KEY)'] });
});
afterAll(() => governed.close());

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** It says what it should, and its record is there. */
async function look(error: unknown): Promise<void> {
  expect(isRefused(error)).toBe(true);
  const { code, errno, sqlState, rule, recordId, refusal, message } = error as RefusedError;
  expect({ code, errno, sqlState, rule }).toEqual({
    ...{ code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR', errno: 1227, sqlState: '42000', rule: 'no-unbounded-writes' },
  });
  expect(refusal).toEqual({ code: 'DENIED_BY_RULE', rule, reason: expect.any(String) as string, recordId });
  expect(message).toContain(refusal.reason);
  const record = await governed.recordOf(({ id }) => id === recordId);
  expect(record).toMatchObject({ verdict: { effect: 'deny', rule }, outcome: { status: 'denied' } });
}

describe('the error of a refused statement says which rule refused, and where its record is', () => {
  it('of a promise', async () => {
    const pool = governed.pool().promise();
    await look(await failure(pool.query('DELETE FROM t')));
    await look(await failure(pool.execute('DELETE FROM t')));
    const connection = await pool.getConnection();
    await look(await failure(connection.prepare('DELETE FROM t')));
    connection.release();
  });

  it('of a callback', async () => {
    const pool = governed.pool();
    await look(await new Promise((resolve) => pool.query('DELETE FROM t', resolve)));
    await look(await new Promise((resolve) => pool.execute('DELETE FROM t', resolve)));
  });

  it('of an event, and of a stream', async () => {
    const pool = governed.pool();
    const [error] = (await once(pool.query('DELETE FROM t'), 'error')) as [unknown];
    await look(error);
    const stream = pool.query('DELETE FROM t').stream();
    const [ofStream] = (await once(stream.resume(), 'error')) as [unknown];
    await look(ofStream);
  });

  it('and no other error says so', async () => {
    const pool = governed.pool().promise();
    const error = await failure(pool.query('INSERT INTO t VALUES (1), (1)'));
    expect(error).toMatchObject({ code: 'ER_DUP_ENTRY' });
    expect([error, undefined, 'text', new Error('x')].map(isRefused)).toEqual([false, false, false, false]);
    expect(error).not.toHaveProperty('refusal');
  });

  it('has no rule and no record where the statement could be neither judged nor recorded', async () => {
    const pool = governed.pool().promise();
    await pool.query('SELECT 1');
    await governed.governor.trail.close();
    const error = await failure(pool.query('SELECT 2'));
    expect(isRefused(error)).toBe(true);
    expect(error).toMatchObject({ rule: undefined, recordId: undefined, refusal: { code: 'JOURNAL_UNAVAILABLE' } });
  });
});
