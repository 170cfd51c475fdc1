import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { createCollector } from '../../src/collector/index.js';
import { StoreReader } from '../../src/collector/store/store-reader.js';
import { httpTransport } from '../../src/transports/index.js';
import { startChild, type Child } from '../audit/child.js';
import { statementIntent } from '../audit/statement-samples.js';
import {
  afterThisTest,
  brokenLink,
  eventually,
  isCheckpoint,
  numbersTo,
  openTrail,
  record,
  temporaryDirectory,
} from '../audit/trail-fixtures.js';

const COLLECTOR = new URL('./collector-process.ts', import.meta.url);
const WRITER = new URL('../audit/writer-process.ts', import.meta.url);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function stored(directory: string): { json: string[]; numbers: number[]; conflicts: number } {
  const store = new StoreReader(directory);
  const { records } = store.search({ order: 'asc', limit: 1_000_000 });
  const json = records.map((found) => found.json);
  const { conflicts } = store.size();
  store.close();
  const statements = json.filter((text) => !isCheckpoint(text));
  const numbers = statements.map(
    (text) => (JSON.parse(text) as { session: { statement_no: number } }).session.statement_no,
  );
  return { json, numbers, conflicts };
}

async function startCollector(directory: string, port: number): Promise<Child> {
  const child = startChild(COLLECTOR, [directory, String(port)]);
  await child.said('listening');
  return child;
}

test('what was recorded while the collector was down is delivered when it is up', async () => {
  const store = temporaryDirectory();
  const port = await freePort();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: `http://127.0.0.1:${port}/v1/records` })],
  });
  for (const no of numbersTo(1200)) record(trail, no);
  await eventually(() => (trail.stats().transports[0]?.retries ?? 0) > 1);
  expect(trail.stats().transports[0]?.problem).toContain('could not be reached');

  const collector = await createCollector({ directory: store, port });
  afterThisTest(() => collector.close());
  await eventually(() => trail.stats().transports[0]?.pendingBytes === 0);
  const second = createCollector({ directory: store });
  await expect(second).rejects.toThrow(`${store} cannot be opened: another collector has it open`);
  const { json, numbers } = stored(store);
  expect(numbers).toEqual(numbersTo(1200));
  expect(brokenLink(json)).toBeUndefined();
});

test('a collector that is killed again and again in the middle holds every record once, and the chain holds', async () => {
  const store = temporaryDirectory();
  const port = await freePort();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: `http://127.0.0.1:${port}/v1/records` })],
    batchRecords: 20,
    segmentBytes: 100_000,
    drainDeadlineMs: 10_000,
  });
  let recorded = 0;
  for (let round = 1; round <= 3; round++) {
    const collector = await startCollector(store, port);
    const accepted = trail.stats().transports[0]?.accepted ?? 0;
    for (let i = 0; i < 1500; i++) record(trail, ++recorded);
    await eventually(() => (trail.stats().transports[0]?.accepted ?? 0) > accepted + round * 150);
    await collector.kill();
    for (let i = 0; i < 50; i++) record(trail, ++recorded);
  }
  await startCollector(store, port);
  expect(await trail.close()).toBe(true);
  const { json, numbers, conflicts } = stored(store);
  expect(numbers).toEqual(numbersTo(recorded));
  expect(brokenLink(json)).toBeUndefined();
  expect(conflicts).toBe(0);
}, 60_000);

test('a writer that is killed in the middle of delivery has every reported statement in the store, once', async () => {
  const store = temporaryDirectory();
  const directory = temporaryDirectory();
  const collector = await createCollector({ directory: store });
  afterThisTest(() => collector.close());
  const said = new Map<string, number>();
  for (let round = 0; round < 3; round++) {
    const writer = startChild(WRITER, [directory, collector.recordsUrl, '1000000']);
    const writerId = (await writer.said('ready')).slice('ready '.length);
    await writer.said('100 intent');
    await delay(round * 40);
    await writer.kill();
    said.set(writerId, writer.lines.filter((line) => line.endsWith(' intent')).length);
  }
  const trail = await openTrail({
    directory,
    transports: [httpTransport({ url: collector.recordsUrl })],
    drainDeadlineMs: 20_000,
  });
  trail.refuse(statementIntent(1), { status: 'denied', durationMicros: 0 });
  expect(await trail.close()).toBe(true);

  const { json, conflicts } = stored(store);
  const byWriter = new Map<string, string[]>();
  for (const text of json) {
    const { id } = (JSON.parse(text) as { writer: { id: string } }).writer;
    byWriter.set(id, [...(byWriter.get(id) ?? []), text]);
  }
  expect(conflicts).toBe(0);
  expect(byWriter.size).toBe(4);
  for (const [id, count] of said) expect(byWriter.get(id)?.length).toBeGreaterThanOrEqual(count);
  for (const records of byWriter.values()) expect(brokenLink(records)).toBeUndefined();
}, 60_000);
