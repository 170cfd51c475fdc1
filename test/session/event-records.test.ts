import { afterEach, expect, inject, it } from 'vitest';
import type { AuditRecord } from '../../src/audit/index.js';
import type { Identity } from '../../src/identity/index.js';
import { boundedPolicy, defineRule } from '../../src/guardrails/index.js';
import { withIdentity } from '../../src/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

let governed: Governed;
afterEach(() => governed.close());

async function eventsOf(type: AuditRecord['type']): Promise<AuditRecord[]> {
  return (await governed.events()).filter((record) => record.type === type);
}

it('a governor records which policy it was made with', async () => {
  governed = await startGoverned(inject('database'), {
    policy: { ...boundedPolicy(), dryRun: true },
    masks: { 'people.email': 'email', 'people.ssn': 'redact' },
    environment: 'staging',
  });
  const [loaded, ...others] = await eventsOf('policy');
  expect(others).toEqual([]);
  expect(loaded).toMatchObject({
    event: { action: 'loaded', policy: 'bounded', dry_run: true, environment: 'staging', masks: 2 },
  });
  expect(loaded).toHaveProperty('event.digest', expect.stringMatching(/^[\w-]{43}$/));
});

it('an approval is recorded when it is asked for, and when it is decided, under the id of the verdict', async () => {
  const ask = defineRule({ name: 'ask', effect: 'approve', match: { operations: ['DELETE'] } });
  const answers = [
    { approved: true, by: 'carol' },
    { approved: false, by: 'dave', reason: 'not today' },
  ];
  governed = await startGoverned(inject('database'), {
    statements: ['CREATE TABLE orders (id INT PRIMARY KEY)'],
    policy: { name: 'asking', rules: [ask, ...boundedPolicy().rules] },
    approver: () => Promise.resolve(answers.shift() ?? { approved: false, by: 'nobody' }),
  });
  const pool = governed.pool().promise();
  await pool.query('DELETE FROM orders WHERE id = 1');
  await expect(pool.query('DELETE FROM orders WHERE id = 2')).rejects.toThrow('not today');
  const [first, second] = await governed.records();
  const ids = [first?.verdict.approval?.id, second?.verdict.approval?.id];
  const agent = { subject: 'agent-anna' };
  expect(await eventsOf('approval')).toMatchObject([
    { agent, event: { action: 'requested', id: ids[0], rule: 'ask' } },
    { agent, event: { action: 'approved', id: ids[0], by: 'carol' } },
    { agent, event: { action: 'requested', id: ids[1] } },
    { agent, event: { action: 'rejected', id: ids[1], by: 'dave' } },
  ]);
});

it('a renewed and an expired identity are recorded once, on however many connections they are used', async () => {
  governed = await startGoverned(inject('database'), { anonymous: true });
  const pool = governed.pool({ connectionLimit: 4 }).promise();
  const old = await governed.identity('bert');
  const run = (identity: Identity): Promise<unknown> =>
    withIdentity(identity, () => Promise.allSettled(Array.from({ length: 12 }, () => pool.query('SELECT 1'))));
  await run(old);
  const renewed: Identity = { ...old, expiresAtMs: old.expiresAtMs + 1_000 };
  await run(renewed);
  await run(old);
  await run({ ...old, expiresAtMs: Date.now() - 1_000 });
  expect(await eventsOf('identity')).toMatchObject([
    { agent: { subject: 'agent-bert' }, event: { action: 'renewed' } },
    { agent: { subject: 'agent-bert' }, event: { action: 'expired' } },
  ]);
  const refused = (await governed.records()).filter(({ outcome }) => outcome.status === 'denied');
  expect(refused).toHaveLength(12);
});
