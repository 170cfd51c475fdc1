import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';

import type { AuditRecord, AuditTrail, IntentRecord, SendResult, Transport } from '../../src/audit/index.js';
import { fileTransport, functionTransport } from '../../src/transports/index.js';
import { OK, statementIntent } from './statement-samples.js';
import { eventually, openTrail, receiver, temporaryDirectory } from './trail-fixtures.js';

type Told = readonly [problem: string | undefined, isKept: boolean];

/** Records a statement that waits for the receiver, and ends when it may run. */
async function runRemote(trail: AuditTrail, no: number): Promise<Told> {
  const ticket = trail.intent(statementIntent(no), 'remote');
  const told = await new Promise<Told>((resolve) => {
    trail.onceWritten({ written: (error, isKept) => resolve([error?.message, isKept]) }, 'remote');
  });
  trail.outcome(ticket, told[0] === undefined ? OK : { status: 'aborted', durationMicros: 0 });
  return told;
}

const recordsOf = (batch: { readonly records: readonly Buffer[] }): AuditRecord[] =>
  batch.records.map((bytes) => JSON.parse(bytes.toString()) as AuditRecord);

test('a statement waits until the receiver has a record of it, and its own record follows', async () => {
  const got: AuditRecord[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow = functionTransport(async (batch) => {
    const records = recordsOf(batch);
    if (records.some(({ type }) => type === 'intent')) await gate;
    got.push(...records);
  });
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [slow] });
  let told: Told | undefined;
  const running = runRemote(trail, 7).then((result) => (told = result));
  await delay(50);
  expect(told).toBeUndefined();
  release();
  expect(await running).toEqual([undefined, true]);
  const intent = got.find((record): record is IntentRecord => record.type === 'intent');
  expect(intent).toMatchObject({
    event: { action: 'announced' },
    session: { statement_no: 7 },
    statement: { text: 'SELECT 7' },
    verdict: { effect: 'allow' },
  });
  await trail.close();
  const statement = got.find(({ type }) => type === 'statement');
  expect(statement).toMatchObject({ id: intent?.event.record, outcome: { status: 'ok' } });
  expect(got.map(({ writer: { seq } }) => seq)).toEqual(got.map((_, index) => index + 1));
});

test('it does not wait for a batch to be filled, and those that come meanwhile share the next one', async () => {
  const batches: number[] = [];
  const counting = functionTransport(async (batch) => {
    batches.push(recordsOf(batch).filter(({ type }) => type === 'intent').length);
    await delay(20);
  });
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [counting], batchAgeMs: 60_000 });
  const startedAt = performance.now();
  const results = await Promise.all(Array.from({ length: 50 }, (_, no) => runRemote(trail, no + 1)));
  expect(results).toEqual(Array(50).fill([undefined, true]));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(batches.reduce((sum, count) => sum + count, 0)).toBe(50);
  expect(batches.length).toBeLessThan(10);
});

test('it is refused when the receiver does not answer in time, and the record says that it did not run', async () => {
  const sink = receiver();
  let down = true;
  let tries = 0;
  const transport: Transport = {
    ...sink.transport,
    async send(batch, signal): Promise<SendResult> {
      tries += 1;
      return down ? { status: 'retry', reason: 'down' } : sink.transport.send(batch, signal);
    },
  };
  const remote = { deadlineMs: 200 };
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [transport], remote });
  const results = await Promise.all(Array.from({ length: 40 }, (_, no) => runRemote(trail, no + 1)));
  for (const [problem, isKept] of results) {
    expect(problem).toMatch(/transport function has not acknowledged its record within 200 ms/);
    expect(isKept).toBe(true);
  }
  // That statements wait does not make a back-off shorter.
  expect(tries).toBeLessThan(15);
  down = false;
  let no = 41;
  await eventually(async () => (await runRemote(trail, no++))[0] === undefined);
  await trail.close();
  const statements = sink.records().filter(({ type }) => type === 'statement');
  const ends = statements.map(({ outcome }) => outcome.status);
  expect(ends).toEqual([...Array<string>(ends.length - 1).fill('aborted'), 'ok']);
  expect(ends.length).toBe(no - 1);
});

test('one that the receiver will never take is refused, and the others run', async () => {
  const picky = functionTransport((batch) =>
    recordsOf(batch).some((record) => record.type === 'intent' && record.session.statement_no === 3)
      ? { status: 'rejected', reason: 'three' }
      : { status: 'accepted' },
  );
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [picky] });
  const results = await Promise.all([1, 2, 3, 4, 5].map((no) => runRemote(trail, no)));
  expect(results.map(([problem]) => problem)).toEqual([
    undefined,
    undefined,
    'audit transport function does not take its record (three)',
    undefined,
    undefined,
  ]);
});

test('who waits while the trail closes is refused', async () => {
  const hanging = functionTransport(() => new Promise<undefined>(() => undefined));
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [hanging], drainDeadlineMs: 50 });
  const told = runRemote(trail, 1);
  await delay(20);
  await trail.close();
  expect((await told)[0]).toMatch(/is not asked any more: the trail closes/);
});

test('others go on without the receiver, and the trail may ask it of all', async () => {
  const hanging = { ...receiver('hanging').transport, send: () => new Promise<SendResult>(() => undefined) };
  const sink = receiver('sink');
  const options = { directory: temporaryDirectory(), transports: [hanging, sink.transport], drainDeadlineMs: 50 };
  const trail = await openTrail({ ...options, durability: 'remote', remote: { transport: 'sink' } });
  const ticket = trail.intent(statementIntent(1));
  await new Promise<void>((resolve) => {
    trail.onceWritten({ written: () => resolve() });
  });
  const announced = sink.records().some(({ type }) => (type as string) === 'intent');
  expect(announced).toBe(true);
  trail.outcome(ticket, OK);
  await eventually(() => sink.records().some(({ type }) => type === 'statement'));
});

test('there has to be a receiver that acknowledges', async () => {
  const directory = temporaryDirectory();
  const file = fileTransport({ path: `${directory}/out.jsonl` });
  const open = (options: object): Promise<unknown> => openTrail({ directory, transports: [file], ...options });
  await expect(open({ durability: 'remote' })).rejects.toThrow(/audit.durability: remote: no transport acknowledges/);
  await expect(open({ remote: { transport: 'file' } })).rejects.toThrow(/remote.transport: file does not tell/);
  await expect(open({ remote: { transport: 'none' } })).rejects.toThrow(/remote.transport: none is no transport/);
  await expect(open({ remote: { deadlineMs: 0 } })).rejects.toThrow(/deadlineMs/);
});
