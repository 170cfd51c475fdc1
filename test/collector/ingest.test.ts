import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import type { Transport } from '../../src/audit/index.js';
import { createCollector, type Collector } from '../../src/collector/index.js';
import { otlpTransport, webhookTransport } from '../../src/transports/index.js';
import {
  afterThisTest,
  isCheckpoint,
  numbersTo,
  openTrail,
  record,
  temporaryDirectory,
} from '../audit/trail-fixtures.js';
import { statementRecord } from '../cli/session-records.js';

const ADMIN = 'a-token-that-opens-every-route';
const WRITER = 'a-token-that-only-may-write';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

async function start(): Promise<Collector> {
  const collector = await createCollector({
    directory: temporaryDirectory(),
    ...{ tokens: [ADMIN], writerTokens: [WRITER], webhookSecrets: [SECRET] },
  });
  afterThisTest(() => collector.close());
  return collector;
}

async function get(collector: Collector, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${ADMIN}` };
  return (await fetch(collector.url + path, { headers })).text();
}

async function postLogs(
  collector: Collector,
  body: string | Buffer,
  more: Record<string, string> = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${WRITER}`, ...more };
  return fetch(`${collector.url}/v1/logs`, { method: 'POST', headers, body });
}

const WAYS: Readonly<Record<string, (url: string) => Transport>> = {
  'a signed webhook': (url) => webhookTransport({ url: `${url}/v1/webhook`, secrets: SECRET }),
  'OpenTelemetry logs': (url) => otlpTransport({ url: `${url}/v1/logs`, token: WRITER }),
};

test.each(Object.keys(WAYS))('records come as %s, byte for byte: the chain and its checkpoints hold', async (way) => {
  const collector = await start();
  const transport = WAYS[way]?.(collector.url);
  if (transport === undefined) throw new Error('no such way');
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [transport],
    signing: { everyRecords: 5 },
  });
  for (const no of numbersTo(23)) record(trail, no, `SELECT ${no} /* é\u2028"\\ */`);
  await trail.close();
  const { records } = JSON.parse(await get(collector, '/v1/records?limit=1000')) as { records: object[] };
  expect(records.filter((one) => !isCheckpoint(JSON.stringify(one)))).toHaveLength(23);
  const { writers, findings } = JSON.parse(await get(collector, '/v1/witness')) as {
    writers: object[];
    findings: object[];
  };
  expect(findings).toEqual([]);
  expect(writers).toMatchObject([{ writer_id: trail.stats().writerId, size: records.length - 1 }]);
});

test('a webhook with another secret, or of another time, stores nothing', async () => {
  const collector = await start();
  const body = JSON.stringify({ records: [statementRecord({ no: 1 })] });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'm',
    'webhook-timestamp': '1',
    'webhook-signature': 'v1,x',
  };
  for (const changed of [{}, headers, { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) }]) {
    const all = { 'content-type': 'application/json', ...changed };
    expect((await fetch(`${collector.url}/v1/webhook`, { method: 'POST', headers: all, body })).status).toBe(401);
  }
  expect(JSON.parse(await get(collector, '/v1/size'))).toMatchObject({ records: 0 });
});

test('logs that are no audit records are left out and counted; what is no such request is refused', async () => {
  const collector = await start();
  const log = (text: string): object => ({ body: { stringValue: text } });
  const logRecords = [
    ...[log(JSON.stringify(statementRecord({ no: 1 }))), log('plain words'), log('{"v":1,\n"type":"x","id":"2"}'), {}],
  ];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }, { scopeLogs: [] }, {}] });
  const gzip = await postLogs(collector, gzipSync(body), { 'content-encoding': 'gzip' });
  expect(await gzip.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: '3' } });
  expect(JSON.parse(await get(collector, '/v1/size'))).toMatchObject({ records: 1 });
  for (const bad of ['', '[]', '{"resourceLogs":1}', 'no json'])
    expect((await postLogs(collector, bad)).status).toBe(400);
  expect((await postLogs(collector, '{}')).status).toBe(200);
  expect((await postLogs(collector, 'x', { 'content-type': 'application/x-protobuf' })).status).toBe(415);
});

test('records leave as lines, as a table that no spreadsheet runs, and as OCSF', async () => {
  const collector = await start();
  const hostile = statementRecord({
    ...{ no: 1, agent: '=HYPERLINK("http://evil","x")', task: '+1', text: '@SUM(A1)\r\n"quoted", <script>' },
    statement: { operation: '-2+3', tables: [{ schema: 'shop', table: 'orders', access: 'write' }] },
  });
  const odd = { v: 1, type: 'statement', id: 'odd', statement: 7, outcome: [], agent: null, writer: {} };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${WRITER}` };
  const body = JSON.stringify({ records: [hostile, odd, statementRecord({ no: 3, agent: 'bob' })] });
  expect((await fetch(collector.recordsUrl, { method: 'POST', headers, body })).status).toBe(200);

  const lines = (await get(collector, '/v1/export')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    hostile,
    odd,
    statementRecord({ no: 3, agent: 'bob' }),
  ]);
  expect((await get(collector, '/v1/export?agent=bob')).trimEnd().split('\n')).toHaveLength(1);

  const table = await get(collector, '/v1/export?format=csv');
  expect(table.split('\r\n')[0]).toBe(
    'time,type,agent,actors,task,session,server,operation,tables,effect,rules,status,rows,masked,statement,id',
  );
  expect(table).toContain(`"'=HYPERLINK(""http://evil"",""x"")"`);
  expect(table).toContain(`,'+1,`);
  expect(table).toContain(`,'-2+3,shop.orders,`);
  expect(table).toContain(`"'@SUM(A1)\r\n""quoted"", <script>"`);
  expect(table).not.toMatch(/(?:^|[,\n])"?[=+@-]/);

  const events = (await get(collector, '/v1/export?format=ocsf'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(events).toMatchObject([{ class_uid: 6005 }, {}, { class_uid: 6005 }]);
  expect(events).toHaveLength(3);
});

test('what came is counted, for Prometheus', async () => {
  const collector = await start();
  const post = (records: string): Promise<Response> =>
    fetch(collector.recordsUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITER}` },
      body: `{"records":[${records}]}`,
    });
  const one = '{"v":1,"type":"statement","id":"one","writer":{"id":"w","seq":1}}';
  await post(one);
  await post(`${one},${one.replace('statement', 'session')},${one.replace('one', 'two')}`);
  await post('{"v":7}');
  const text = await get(collector, '/metrics');
  for (const line of [
    'countersign_collector_records_total{result="stored"} 2',
    'countersign_collector_records_total{result="duplicate"} 1',
    'countersign_collector_records_total{result="conflict"} 1',
    'countersign_collector_batches_refused_total 1',
    'countersign_collector_findings_total{problem="fork"} 1',
    'countersign_collector_findings_total{problem="changed"} 1',
    'countersign_collector_records 2',
  ])
    expect(text.split('\n')).toContain(line);
  expect(await get(collector, '/v1/accesses')).not.toContain('metrics');
});
