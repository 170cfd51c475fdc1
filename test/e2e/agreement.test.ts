import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StatementRecord } from '../../src/audit/index.js';
import { openGeneralLog } from '../database/general-log.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { executedStatements, taggedStatements } from './executed-statements.js';
import { markIn } from './laid-side-by-side.js';
import { loadSchema, runLoad } from './load.js';

let governed: Governed;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), { statements: loadSchema, anonymous: true });
});
afterAll(() => governed.close());

function placeOf({ session }: StatementRecord): string {
  return `${session.id} ${session.statement_no}`;
}

describe('the records and the general log', () => {
  it('agree on 10,000 mixed statements of 4 agents on 8 connections', async () => {
    const log = await openGeneralLog(inject('database'));
    const pool = governed.pool({ connectionLimit: 8 });
    const agents = await Promise.all(['anna', 'bert', 'cora', 'dave'].map((name) => governed.identity(name)));
    const each = 625;
    await Promise.all(
      agents.flatMap((identity) => [0, 1, 2, 3].map((worker) => runLoad(pool, identity, worker * each, each))),
    );
    const entries = await log.read({ user: governed.schema.name });
    const executed = executedStatements(entries);
    await log.close();
    const records = await governed.records();
    expect(records.filter((record) => record.statement.command !== 'COM_STMT_PREPARE')).toHaveLength(10_000);

    // Every statement that the server executed has exactly one record, and no record claims what did not run.
    const ran = records.filter((record) => record.outcome.status !== 'denied');
    expect(ran.map(markIn).sort()).toEqual(executed.sort());
    expect(new Set(records.map((record) => record.id)).size).toBe(records.length);

    // The server's own log names the record of each.
    const byPlace = new Map(records.map((record) => [placeOf(record), record]));
    for (const { agent, session, statement, task, text } of taggedStatements(entries)) {
      const record = byPlace.get(`${session} ${statement}`);
      expect([agent, task, text]).toEqual([record?.agent?.subject, record?.task?.id, record?.statement.text]);
    }

    // Each stands under the right agent and task, with the right ending.
    for (const record of records) {
      if (record.statement.command === 'COM_STMT_PREPARE') continue;
      const [, agent = '', step] = /m-(\w+)-\d+-(\d)/.exec(markIn(record)) ?? [];
      expect([record.agent?.name, record.task]).toEqual([agent, { id: `task-${agent}`, source: 'asserted' }]);
      expect(record.outcome.status).toBe(step === '6' ? 'denied' : step === '5' ? 'error' : 'ok');
    }
  }, 180_000);
});
