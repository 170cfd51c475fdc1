import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy } from '@nats-io/jetstream';
import { describe, expect, test } from 'vitest';

import { createCollector, type Collector, type CollectorOptions } from '../../src/collector/index.js';
import { natsTransport } from '../../src/transports/index.js';
import { type Child, startChild } from '../audit/child.js';
import { afterThisTest, brokenLink, eventually, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';
import { addStream, natsServer, openNats, startNats } from '../transports/nats-servers.js';
import { recordMany, statementsIn, witnessedTrail } from '../transports/ten-thousand.js';

const COLLECTOR = new URL('./collector-process.ts', import.meta.url);

async function open(options: Partial<CollectorOptions>): Promise<Collector> {
  const collector = await createCollector({ directory: temporaryDirectory(), ...options });
  afterThisTest(() => collector.close());
  return collector;
}

const sizeOf = async ({ url }: Pick<Collector, 'url'>): Promise<number> =>
  ((await (await fetch(`${url}/v1/size`)).json()) as { records: number }).records;

async function allOf({ url }: Pick<Collector, 'url'>): Promise<string[]> {
  return (await (await fetch(`${url}/v1/export?format=jsonl`)).text()).trimEnd().split('\n');
}

/** What a killed collector had fetched comes again after five seconds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(50)) if (await condition()) return;
  throw new Error('the records did not come');
}

describe.runIf(natsServer !== undefined)('a stream of NATS', () => {
  test('is read once each, in order, though its server and the collector are killed meanwhile', async () => {
    const node = await startNats();
    const { manager } = await openNats([node]);
    await addStream(manager);
    const directory = temporaryDirectory();
    const start = async (): Promise<{ child: Child; url: string }> => {
      const child = startChild(COLLECTOR, [directory, '0', node.server]);
      return { child, url: (await child.said('listening')).split(' ')[1] ?? '' };
    };
    const { trail, sent } = await witnessedTrail(natsTransport({ servers: node.server, timeoutMs: 2_000 }));
    let collector = await start();
    for (const round of [0, 1, 2]) {
      await recordMany(trail, round * 2_000 + 1, round * 2_000 + 2_000);
      await until(async () => (await sizeOf(collector)) > round * 2_000);
      await collector.child.kill();
      if (round === 1) await node.kill();
      if (round === 1) await node.start();
      collector = await start();
    }
    await trail.close();
    await until(async () => (await sizeOf(collector)) === sent.length);
    await delay(1_500);
    const all = await allOf(collector);
    expect([...all].sort()).toEqual([...sent].sort());
    expect(statementsIn(all)).toHaveLength(6_000);
    expect(brokenLink(all)).toBeUndefined();
    expect(await (await fetch(`${collector.url}/v1/witness`)).json()).toMatchObject({ findings: [] });
  }, 120_000);

  test('is waited for, and what in it is no record is kept as what it is', async () => {
    const node = await startNats();
    await node.kill();
    const warnings: object[] = [];
    const logger = {
      info: () => undefined,
      warn: (fields: object) => void warnings.push(fields),
      error: () => undefined,
    };
    const collector = await open({ nats: { servers: node.server, stream: 'AUDIT' }, logger });
    await eventually(() => warnings.length > 1);
    expect(warnings[0]).toMatchObject({ stream: 'AUDIT', problem: expect.any(String) as string });
    await node.start();
    const { manager, connection } = await openNats([node]);
    await addStream(manager);
    connection.publish('countersign.statement', 'no\nrecord \u0000');
    connection.publish('countersign.statement', new Uint8Array([0xff, 0xfe]));
    connection.publish('countersign.statement', '{"v":1,"type":"statement","id":"one"}');
    await eventually(async () => (await sizeOf(collector)) === 3, 'three records are there');
    const types = (await allOf(collector)).map((text) => (JSON.parse(text) as { type: string }).type);
    expect(types).toEqual(['unreadable', 'unreadable', 'statement']);
    const found = await fetch(`${collector.url}/v1/records/one`);
    expect(found.headers.get('countersign-sender')).toBe('nats%20AUDIT');
  }, 30_000);

  test('is read whole though its messages are near a megabyte each, in little memory', async () => {
    const node = await startNats();
    const { manager, connection } = await openNats([node]);
    await addStream(manager);
    const text = 'x'.repeat(900_000);
    for (const id of numbersTo(60))
      connection.publish('countersign.statement', `{"v":1,"type":"statement","id":"r${id}","text":"${text}"}`);
    await connection.flush();
    const child = startChild(COLLECTOR, [temporaryDirectory(), '0', node.server], {
      NODE_OPTIONS: '--max-old-space-size=96',
    });
    const url = (await child.said('listening')).split(' ')[1] ?? '';
    await until(async () => (await sizeOf({ url })) === 60);
    const ids = (await allOf({ url })).map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(numbersTo(60).map((id) => `r${id}`));
  }, 60_000);

  test.each([
    ['acknowledges what nobody has stored', { ack_policy: AckPolicy.None }, 'it needs ack_policy explicit'],
    ['gives up what was not stored', { ack_policy: AckPolicy.Explicit, max_deliver: 3 }, 'it needs max_deliver -1'],
  ])('is not read by a consumer that %s', async (_what, config, problem) => {
    const node = await startNats();
    const { manager } = await openNats([node]);
    await addStream(manager);
    await manager.consumers.add('AUDIT', { durable_name: 'mine', ...config });
    const warnings: { problem?: string }[] = [];
    const logger = {
      info: () => undefined,
      warn: (fields: object) => void warnings.push(fields),
      error: () => undefined,
    };
    await open({ nats: { servers: node.server, stream: 'AUDIT', consumer: 'mine' }, logger });
    await eventually(() => warnings.length > 0);
    expect(warnings[0]?.problem).toContain(problem);
  });

  test('is reached over TLS, with a login, or not at all', async () => {
    const more = 'authorization { user: collector, password: right-password }';
    const node = await startNats({ tls: true, more });
    const { manager, connection } = await openNats([node], {
      ...{ user: 'collector', pass: 'right-password' },
      tls: { ca: node.ca },
    });
    await addStream(manager);
    connection.publish('countersign.statement', '{"v":1,"type":"statement","id":"one"}');
    const login = { user: 'collector', password: 'right-password' };
    const collector = await open({ nats: { servers: node.server, stream: 'AUDIT', tls: { ca: node.ca }, login } });
    await eventually(async () => (await sizeOf(collector)) === 1, 'the record is there');
  });
});

test('options of NATS that cannot be right are refused', async () => {
  for (const nats of [
    { servers: 'nats.example:4222', stream: 'AUDIT' },
    { servers: [], stream: 'AUDIT' },
    { servers: '127.0.0.1:4222', stream: 'a b' },
    { servers: '127.0.0.1:4222', stream: 'AUDIT', consumer: '*' },
  ])
    await expect(open({ nats })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
});
