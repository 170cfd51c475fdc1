import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';

import { type AlertOptions, createCollector, type Collector } from '../../src/collector/index.js';
import { afterThisTest, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';
import { type RecordParts, statementRecord } from '../cli/session-records.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Alert {
  readonly kind: string;
  readonly agent: string | null;
  readonly message: string;
}

async function start(alerts: AlertOptions, directory = temporaryDirectory()): Promise<Collector> {
  const collector = await createCollector({ directory, alerts });
  afterThisTest(() => collector.close());
  return collector;
}

let made = 0;
const of = (agent: string, minute: number, parts: Partial<RecordParts> = {}): object =>
  statementRecord({ no: (made += 1), agent, atMs: minute * 60_000, ...parts });

async function post({ recordsUrl }: Collector, ...records: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ records });
  expect((await fetch(recordsUrl, { method: 'POST', headers, body })).status).toBe(200);
}

async function alertsOf({ url }: Collector): Promise<Alert[]> {
  const { alerts } = (await (await fetch(`${url}/v1/alerts`)).json()) as { alerts: Alert[] };
  return alerts.reverse();
}

const touching = (table: string): Partial<RecordParts> => ({
  statement: { tables: [{ schema: 'shop', table, access: 'read' }] },
});

test('a burst of refusals of one agent is told of once in its time, and again when it begins again', async () => {
  const collector = await start({ rules: { refusals: { count: 3, minutes: 5 } } });
  const denied = (agent: string, minute: number): object => of(agent, minute, { status: 'denied' });
  await post(collector, denied('a', 0), denied('b', 0), denied('a', 1), of('a', 1));
  await post(collector, denied('b', 6), denied('b', 7));
  expect(await alertsOf(collector)).toEqual([]);
  await post(collector, denied('a', 4));
  await post(collector, denied('a', 4), denied('a', 4));
  expect(await alertsOf(collector)).toMatchObject([
    { kind: 'refusals', agent: 'a', message: '3 statements were refused within 5 minutes' },
  ]);
  await post(collector, ...numbersTo(3).map(() => denied('a', 20)));
  expect(await alertsOf(collector)).toHaveLength(2);
});

test('masked columns that are read often are told of, and a table that is new to an agent that is known', async () => {
  const collector = await start({
    rules: { maskedReads: { count: 2, minutes: 1 }, newTables: { afterStatements: 3 }, refusals: false },
  });
  const masked = { outcome: { masked: ['shop.customers.email'] } };
  await post(
    collector,
    ...numbersTo(3).map((minute) => of('a', minute, touching('orders'))),
    of('a', 4, touching('orders')),
  );
  await post(collector, of('b', 5, touching('salaries')));
  expect(await alertsOf(collector)).toEqual([]);
  await post(collector, of('a', 6, touching('salaries')), of('a', 6, touching('salaries')));
  await post(collector, of('b', 7, masked), of('b', 7, masked), of('b', 7, { status: 'denied' }));
  expect(await alertsOf(collector)).toMatchObject([
    { kind: 'new-table', agent: 'a', message: 'shop.salaries is touched for the first time, after 4 statements' },
    { kind: 'masked-reads', agent: 'b', message: '2 answers had masked columns within 1 minutes' },
  ]);
});

test('what the witness finds is told of, to a webhook that was away as well, each once, in order', async () => {
  const hook = new Webhook(SECRET.slice('whsec_'.length));
  const told: { type: string; alert: Alert }[] = [];
  let isAway = true;
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = hook.verify(Buffer.concat(chunks).toString(), request.headers as Record<string, string>);
      if (!isAway) told.push(message as (typeof told)[number]);
      response.writeHead(isAway ? 503 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  afterThisTest(() => void receiver.close());
  const { port } = receiver.address() as AddressInfo;
  const directory = temporaryDirectory();
  const webhooks = [{ url: `http://127.0.0.1:${port}/`, secret: SECRET }];
  const first = await start({ webhooks }, directory);
  await post(first, { ...of('a', 1), id: 'one', writer: { id: 'w', seq: 1 } });
  await post(first, { ...of('a', 1), id: 'two', writer: { id: 'w', seq: 1 } });
  await post(first, { ...of('a', 2), id: 'one', writer: { id: 'w', seq: 1 } });
  await first.close();
  isAway = false;
  await start({ webhooks }, directory);
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(2);
  expect(told).toMatchObject([
    { type: 'alert.chain', alert: { kind: 'chain', agent: null, message: expect.stringMatching(/^fork: /) as string } },
    { type: 'alert.chain', alert: { message: expect.stringMatching(/^changed: .* with other bytes/) as string } },
  ]);
});
