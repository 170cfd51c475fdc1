import { expect, test } from 'vitest';

import { datadog } from '../../../src/transports/index.js';
import { deniedStatement, maskedStatement } from '../formats/sample-records.js';
import { batchOf, calm, startReceiver, type Answer, type Received } from '../receiver.js';
import { logIntake, type LogIntake } from './log-intake.js';

const KEY = '0123456789abcdef0123456789abcdef';

interface Intake extends LogIntake {
  readonly url: string;
  readonly received: Received[];
}

async function startIntake(
  given: (calls: number) => Answer | undefined = () => undefined,
  maxBytes?: number,
): Promise<Intake> {
  const intake = logIntake(KEY, maxBytes);
  let count = 0;
  const receiver = await startReceiver((request) => given(++count) ?? intake.answer(request));
  return { ...intake, ...receiver };
}

const sized = (bytes: number): object => ({ ...maskedStatement, task: { id: 'x'.repeat(bytes), source: 'claim' } });
const sizes = ({ calls }: Intake): number[] => calls.map((entries) => entries.length);

test('records arrive as entries whose message is the record', async () => {
  const intake = await startIntake();
  const transport = datadog({ url: intake.url, apiKey: () => KEY, tags: 'env:test', hostname: 'h' });
  expect(await transport.send(batchOf(deniedStatement), calm)).toEqual({ status: 'accepted' });
  const [entry] = intake.calls[0] ?? [];
  expect(entry).toMatchObject({ ddsource: 'countersign', service: 'countersign', ddtags: 'env:test', hostname: 'h' });
  expect(entry?.['timestamp']).toBe(deniedStatement.time);
  expect(JSON.parse(entry?.['message'] ?? '')).toEqual(deniedStatement);
  expect([transport.name, intake.received[0]?.headers['content-encoding']]).toEqual(['datadog', 'gzip']);
  await transport.close?.();
});

test('a batch of more than 1,000 entries, or of more than 5 MB, is sent in several calls', async () => {
  const many = await startIntake();
  const records = Array.from({ length: 2500 }, () => maskedStatement);
  await datadog({ url: many.url, apiKey: KEY }).send(batchOf(...records), calm);
  expect(sizes(many)).toEqual([1000, 1000, 500]);
  const large = await startIntake();
  await datadog({ url: large.url, apiKey: KEY }).send(
    batchOf(...Array.from({ length: 8 }, () => sized(900_000))),
    calm,
  );
  expect(sizes(large)).toEqual([5, 3]);
});

test('a record that Datadog would cut is rejected before anything is sent', async () => {
  const intake = await startIntake();
  const result = await datadog({ url: intake.url, apiKey: KEY }).send(batchOf(maskedStatement, sized(1_000_000)), calm);
  expect(result).toMatchObject({ status: 'rejected', reason: expect.stringContaining('would cut') as string });
  expect(intake.received).toEqual([]);
});

test('a call that is too large all the same is divided', async () => {
  const intake = await startIntake(undefined, 250_000);
  const records = Array.from({ length: 8 }, () => sized(100_000));
  expect(await datadog({ url: intake.url, apiKey: KEY }).send(batchOf(...records), calm)).toEqual({
    status: 'accepted',
  });
  expect(sizes(intake)).toEqual([2, 2, 2, 2]);
});

test('what was taken before a call failed is not sent again with the rest', async () => {
  const intake = await startIntake((call) => (call === 2 ? { status: 503 } : undefined));
  const transport = datadog({ url: intake.url, apiKey: KEY });
  const batch = batchOf(...Array.from({ length: 1500 }, () => maskedStatement));
  expect((await transport.send(batch, calm)).status).toBe('retry');
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  expect(sizes(intake)).toEqual([1000, 500]);
});

test.each([
  [202, 'accepted'],
  [400, 'rejected'],
  [401, 'retry'],
  [403, 'retry'],
  [408, 'retry'],
  [413, 'rejected'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
])('an answer of %d to one entry is taken as %s', async (status, expected) => {
  const intake = await startIntake(() => ({ status }));
  const result = await datadog({ url: intake.url, apiKey: KEY }).send(batchOf(maskedStatement), calm);
  expect(result.status).toBe(expected);
  expect(JSON.stringify(result)).not.toContain(KEY);
});

test('every bad option is named, and the key is not', () => {
  const options = { apiKey: 'my key', site: 'https://eu', url: 'http://proxy.example' };
  expect(() => datadog(options)).toThrow(/apiKey: .*site: .*url: /);
  expect(() => datadog(options)).not.toThrow(/my key/);
});
