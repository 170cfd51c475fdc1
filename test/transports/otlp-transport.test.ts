import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { otlpTransport, type OtlpTransportOptions } from '../../src/transports/index.js';
import { startReceiver, startSilent, type Answer, type Received } from './http-receiver.js';
import { readExportRequest, type ReceivedLog } from './otlp-schema.js';
import { expectTenThousand } from './ten-thousand.js';

const never = new AbortController().signal;
const sample = {
  v: 1,
  type: 'statement',
  id: '0198e0c4-0000-7000-8000-000000000001',
  time: '2026-11-20T22:40:01.123456Z',
  writer: { id: 'w-1', seq: 7 },
  agent: { subject: 'agent-a', issuer: 'https://issuer.example', name: 'Reports', model: 'm-1', verified: true },
  task: { id: 'task-1', source: 'claim' },
  session: { id: 's-1', mode: 'embedded' },
  trace: { trace_id: '5b8efff798038103d269b633813fc60c', span_id: 'eee19b7ec3c1b174' },
  db: { system: 'mysql', server: '[::1]:3306', namespace: 'shop' },
  statement: {
    command: 'COM_QUERY',
    text: 'INSERT INTO orders\nVALUES (1)',
    digest: 'd-1',
    operation: 'INSERT',
    summary: 'INSERT orders',
    tables: [
      { schema: 'shop', table: 'orders', access: 'write' },
      { schema: 'shop', table: 'log', access: 'write', via: 'shop.on_insert' },
    ],
    truncated: false,
  },
  verdict: { effect: 'allow', rule: 'inserts' },
  outcome: { status: 'error', error: { code: 1062, sqlstate: '23000', message: 'Duplicate entry' }, duration_us: 830 },
};

function plainBody({ headers, body }: Received): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

async function sendTo(
  answer: Answer,
  options: Partial<OtlpTransportOptions> = {},
  ...records: object[]
): Promise<{ result: unknown; request: Received | undefined }> {
  const { url, received } = await startReceiver(answer);
  const batch = { id: 'b', records: records.map((record) => Buffer.from(JSON.stringify(record))) };
  const result = await otlpTransport({ url, ...options }).send(batch, never);
  return { result, request: received[0] };
}

async function received(...records: object[]): Promise<ReceivedLog[]> {
  const { result, request } = await sendTo({ status: 200, body: '{}' }, {}, ...records);
  expect(result).toEqual({ status: 'accepted' });
  return request === undefined ? [] : readExportRequest(plainBody(request)).logs;
}

test('a statement is a log record with the names of the semantic conventions', async () => {
  const [log] = await received(sample);
  expect(log).toMatchObject({
    timeUnixNano: String(BigInt(Date.parse('2026-11-20T22:40:01Z')) * 1_000_000n + 123_456_000n),
    severityNumber: 10,
    severityText: 'INFO2',
    eventName: 'countersign.statement',
    body: JSON.stringify(sample),
    traceId: sample.trace.trace_id,
    spanId: sample.trace.span_id,
  });
  expect(log?.attributes).toEqual({
    'log.record.uid': sample.id,
    'db.system.name': 'mysql',
    'db.namespace': 'shop',
    'db.collection.name': 'orders',
    'db.operation.name': 'INSERT',
    'db.query.text': sample.statement.text,
    'db.query.summary': 'INSERT orders',
    'db.response.status_code': '1062',
    'error.type': '1062',
    'server.address': '::1',
    'server.port': '3306',
    'session.id': 's-1',
    'gen_ai.agent.id': 'agent-a',
    'gen_ai.agent.name': 'Reports',
    'gen_ai.request.model': 'm-1',
    'countersign.agent.issuer': 'https://issuer.example',
    'countersign.agent.verified': true,
    'countersign.outcome.status': 'error',
    'countersign.outcome.duration_us': '830',
    'countersign.statement.digest': 'd-1',
    'countersign.task.id': 'task-1',
    'countersign.task.source': 'claim',
    'countersign.verdict.effect': 'allow',
    'countersign.verdict.rule': 'inserts',
    'countersign.writer.id': 'w-1',
    'countersign.writer.seq': '7',
  });
});

test('the severity says what asks to be looked at', async () => {
  const statement = (effect: string, status: string): object => ({
    ...sample,
    verdict: { effect },
    outcome: { status },
  });
  const event = (type: string, action: string): object => ({ ...sample, type, event: { action } });
  const logs = await received(
    statement('allow', 'ok'),
    statement('deny', 'denied'),
    statement('error', 'denied'),
    statement('allow', 'aborted'),
    statement('allow', 'unknown'),
    event('session', 'open'),
    event('session', 'refused'),
    event('identity', 'renewed'),
    event('identity', 'expired'),
  );
  expect(logs.map(({ severityText }) => severityText)).toEqual([
    'INFO',
    'WARN',
    'ERROR',
    'WARN',
    'WARN',
    'INFO',
    'WARN',
    'INFO',
    'WARN',
  ]);
  expect(logs.map(({ attributes }) => attributes['error.type'])).toEqual([
    undefined,
    'denied',
    'denied',
    'aborted',
    'unknown',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('ids of a trace that are none, a second table and unknown figures are left out', async () => {
  const tables = [...sample.statement.tables, { table: 'items', access: 'read' }];
  const [log] = await received({
    ...sample,
    trace: { trace_id: 'no-id', span_id: 'no-id' },
    db: { system: 'mariadb', server: 'db.example' },
    statement: { ...sample.statement, tables },
    outcome: { status: 'ok', rows: 2 ** 60 },
  });
  expect(log?.traceId).toBeUndefined();
  expect(log?.attributes).toMatchObject({ 'server.address': 'db.example', 'db.response.returned_rows': 2 ** 60 });
  for (const name of ['db.collection.name', 'server.port', 'db.response.status_code', 'error.type']) {
    expect(log?.attributes).not.toHaveProperty([name]);
  }
});

test('a request bears resource, token and headers, and is compressed', async () => {
  const options = {
    token: 'secret-token',
    headers: { 'x-key': 'k' },
    resource: { 'service.name': 'reports', shard: 2, eu: true },
  };
  const { request } = await sendTo({ status: 200 }, options, sample);
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    authorization: 'Bearer secret-token',
    'x-key': 'k',
  });
  if (request !== undefined) {
    expect(readExportRequest(plainBody(request)).resource).toEqual({ 'service.name': 'reports', shard: '2', eu: true });
  }
  const plain = await sendTo({ status: 200 }, { gzip: false }, sample);
  expect(plain.request?.headers['content-encoding']).toBeUndefined();
});

test.each([
  [200, 'accepted'],
  [400, 'rejected'],
  [401, 'retry'],
  [404, 'retry'],
  [413, 'rejected'],
  [429, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
])('an answer of %d is taken as %s', async (status, expected) => {
  const { result } = await sendTo({ status, headers: { 'retry-after': '7' } }, {}, sample);
  expect(result).toMatchObject({ status: expected, ...(expected === 'retry' && { afterMs: 7000 }) });
});

test('a partial success is not sent again, and becomes a warning', async () => {
  for (const rejectedLogRecords of ['1', 1]) {
    const body = JSON.stringify({ partialSuccess: { rejectedLogRecords, errorMessage: 'too old' } });
    const { result } = await sendTo({ status: 200, body }, {}, sample);
    expect(result).toEqual({
      status: 'accepted',
      warning: expect.stringMatching(/left out 1 log records.*too old/) as string,
    });
  }
  for (const body of ['', 'ok', 'null', '{"partialSuccess":{}}', '{"partialSuccess":null}']) {
    expect((await sendTo({ status: 200, body }, {}, sample)).result).toEqual({ status: 'accepted' });
  }
});

test('a receiver that is not there or silent is tried again, and no reason holds a secret', async () => {
  const batch = { id: 'b', records: [Buffer.from(JSON.stringify(sample))] };
  for (const url of ['http://127.0.0.1:9/v1/logs?key=secret-query', await startSilent()]) {
    const result = await otlpTransport({ url, token: 'secret-token', timeoutMs: 200 }).send(batch, never);
    expect(result).toMatchObject({
      status: 'retry',
      reason: expect.stringContaining('could not be reached') as string,
    });
    expect(JSON.stringify(result)).not.toContain('secret');
  }
  const { result } = await sendTo(
    { status: 403, body: 'secret-key is no key' },
    { headers: { key: 'secret-key' } },
    sample,
  );
  expect(result).toMatchObject({ reason: expect.stringContaining('answered 403: *** is no key') as string });
});

test('ten thousand records are received byte for byte, by the official definitions', async () => {
  const { url, received: requests } = await startReceiver({ status: 200, body: '{}' });
  await expectTenThousand(otlpTransport({ url }), async () =>
    requests.flatMap((request) => readExportRequest(plainBody(request)).logs.map(({ body }) => body)),
  );
}, 60_000);

test('every bad option is named at once', () => {
  const bad = {
    url: 'http://otel.example/v1/logs',
    token: 'with space',
    resource: { 'service.name': NaN },
    timeoutMs: 0,
    colour: 'red',
  };
  const make = (): unknown => otlpTransport(bad);
  expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }) as Error);
  expect(make).toThrow(/url: .*token: .*resource\.service\.name: .*timeoutMs: .*colour: there is no such option/);
});
