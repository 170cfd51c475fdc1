import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createAuditTrail, encodeSession, type Transport } from '../../src/audit/index.js';
import { OK, statementIntent } from './statement-samples.js';
import {
  brokenLink,
  eventually,
  journalsIn,
  numbersTo,
  openTrail,
  receiver,
  record,
  temporaryDirectory,
} from './trail-fixtures.js';

test('a statement is delivered as one record of version 1, intent and outcome merged', async () => {
  const sink = receiver();
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [sink.transport] });
  const ticket = trail.intent({ ...statementIntent(17), parameters: '[4711,"x"]' });
  trail.outcome(ticket, {
    status: 'error',
    errorCode: 1062,
    errorSqlState: '23000',
    errorMessage: 'Duplicate "x"',
    affected: '18446744073709551615',
    bytes: 9,
    durationMicros: 830,
    masked: ['shop.customers.email'],
  });
  await trail.close();
  expect(sink.records()).toEqual([
    {
      v: 1,
      type: 'statement',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      time: '2026-11-18T11:06:40.123473Z',
      writer: { id: trail.stats().writerId, seq: 2, prev: expect.stringMatching(/^[\w-]{43}$/) as string },
      agent: { subject: 'agent-a' },
      task: { id: 'task-1', source: 'claim' },
      session: { id: 's-1', mode: 'embedded', statement_no: 17 },
      db: { system: 'mariadb' },
      statement: {
        command: 'COM_QUERY',
        text: 'SELECT 17',
        parameters: [4711, 'x'],
        operation: 'SELECT',
        truncated: false,
      },
      verdict: { effect: 'allow' },
      outcome: {
        status: 'error',
        error: { code: 1062, sqlstate: '23000', message: 'Duplicate "x"' },
        affected: '18446744073709551615',
        bytes: 9,
        duration_us: 830,
        masked: ['shop.customers.email'],
      },
    },
  ]);
});

test('any text comes out as it went in, and the chain holds', async () => {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 300 }), 300);
  texts.push('\u2028"}\n{"outcome":1,"status":"ok"}\n', 'é€😀'.repeat(200_000));
  const sink = receiver();
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [sink.transport], batchRecords: 7 });
  for (const [index, text] of texts.entries()) record(trail, index + 1, text);
  expect(await trail.close()).toBe(true);
  expect(sink.records().map((found) => found.statement.text)).toEqual(texts);
  expect(brokenLink(sink.all)).toBeUndefined();
});

test('records come in the order of the outcomes, refusals and events in their place', async () => {
  const sink = receiver();
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [sink.transport] });
  const slow = trail.intent(statementIntent(1));
  record(trail, 2);
  trail.refuse(statementIntent(3), { status: 'denied', durationMicros: 0 });
  trail.event(
    'session',
    1_795_000_000_000_000,
    `${encodeSession({ id: 's', mode: 'embedded' })}},"event":{"action":"close"}`,
  );
  trail.outcome(slow, OK);
  await trail.close();
  expect(
    sink
      .records()
      .map((found) => [
        found.type,
        found.session.statement_no,
        (found.outcome as { status?: string } | undefined)?.status,
      ]),
  ).toEqual([
    ['statement', 2, 'ok'],
    ['statement', 3, 'denied'],
    ['session', undefined, undefined],
    ['statement', 1, 'ok'],
  ]);
  expect(brokenLink(sink.all)).toBeUndefined();
});

test('a statement that is still open when the trail closes is delivered as unknown', async () => {
  const sink = receiver();
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [sink.transport] });
  trail.intent(statementIntent(1));
  record(trail, 2);
  await trail.close();
  expect(sink.records().map((found) => [found.session.statement_no, found.outcome.status])).toEqual([
    [2, 'ok'],
    [1, 'unknown'],
  ]);
});

test('one very long statement keeps neither the others from delivery nor old segments on disk', async () => {
  const directory = temporaryDirectory();
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport], segmentBytes: 2000 });
  const slow = trail.intent(statementIntent(1));
  for (const no of numbersTo(200).slice(1)) {
    record(trail, no);
    if (no % 20 === 0) await eventually(() => sink.json.length === no - 1, `delivery of ${no}`);
  }
  await eventually(() => trail.stats().usedBytes < 8000, 'removal of segments');
  trail.outcome(slow, OK);
  await trail.close();
  expect(sink.numbers()).toEqual([...numbersTo(200).slice(1), 1]);
  expect(brokenLink(sink.all)).toBeUndefined();
  expect(journalsIn(directory)).toEqual([]);
});

test('what is left at the deadline is delivered at the next start, with the same numbers and hashes', async () => {
  const directory = temporaryDirectory();
  const sink = receiver();
  let budget = 25;
  const halting: Transport = {
    name: 'function',
    send: async (batch, signal) =>
      budget-- > 0 ? sink.transport.send(batch, signal) : { status: 'retry', reason: 'down' },
  };
  const first = await openTrail({
    directory,
    transports: [halting],
    segmentBytes: 3000,
    batchRecords: 3,
    drainDeadlineMs: 300,
  });
  const open = first.intent(statementIntent(1));
  for (const no of numbersTo(150).slice(1)) record(first, no);
  await eventually(() => sink.all.length === 75);
  first.outcome(open, OK);
  expect(await first.close()).toBe(false);

  const second = await openTrail({ directory, transports: [sink.transport] });
  await eventually(() => sink.json.length === 150);
  await second.close();
  expect(sink.numbers()).toEqual([...numbersTo(150).slice(1), 1]);
  expect(brokenLink(sink.all)).toBeUndefined();
  expect(journalsIn(directory)).toEqual([]);
});

test('an outcome costs no write of its own, and is on disk by the end of the turn of the event loop', async () => {
  const directory = temporaryDirectory();
  const dead: Transport = { name: 'function', send: async () => ({ status: 'retry', reason: 'down' }) };
  const trail = await openTrail({ directory, transports: [dead], drainDeadlineMs: 1 });
  const before = trail.stats().usedBytes;
  const ticket = trail.intent(statementIntent(1));
  const withIntent = trail.stats().usedBytes;
  trail.outcome(ticket, OK);
  expect([withIntent, trail.stats().usedBytes]).toEqual([before, before]);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(trail.stats().usedBytes).toBeGreaterThan(withIntent);
});

test('bad options are refused, and each problem is named', async () => {
  const sink = receiver();
  const attempt = createAuditTrail({ directory: '', transports: [sink.transport, sink.transport], maxBytes: -1 });
  await expect(attempt).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: expect.stringMatching(/directory: .*transports: .*maxBytes: /) as string,
  });
  await expect(createAuditTrail({ directory: temporaryDirectory(), transports: [] })).rejects.toThrow(
    'at least one transport',
  );
});

test('a directory that cannot be made is refused', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const attempt = createAuditTrail({ directory: join(file, 'audit'), transports: [receiver().transport] });
  await expect(attempt).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
});

test('a directory whose path is longer than a socket address may be is used all the same', async () => {
  const directory = join(temporaryDirectory(), 'x'.repeat(120), 'y'.repeat(120));
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport] });
  record(trail, 1);
  expect(await trail.close()).toBe(true);
  expect(sink.numbers()).toEqual([1]);
  expect(existsSync(directory)).toBe(true);
});

test('a closed trail takes no statement', async () => {
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [receiver().transport] });
  await trail.close();
  expect(() => trail.intent(statementIntent(1))).toThrow(expect.objectContaining({ code: 'JOURNAL_UNAVAILABLE' }));
});

test('closing does not wait for a transport that heeds no signal', async () => {
  const hung: Transport = { name: 'hung', send: () => new Promise(() => undefined) };
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [hung], drainDeadlineMs: 50 });
  record(trail, 1);
  const start = Date.now();
  expect(await trail.close()).toBe(false);
  expect(Date.now() - start).toBeLessThan(10_000);
});
