import { HTTP } from 'cloudevents';
import { expect, test } from 'vitest';

import {
  cef,
  cloudEvents,
  ecs,
  httpTransport,
  recordJson,
  type HttpTransportOptions,
} from '../../src/transports/index.js';
import { deniedStatement, maskedStatement } from './formats/sample-records.js';
import { batchOf, calm, startReceiver, type Received } from './receiver.js';

const batch = batchOf(deniedStatement, maskedStatement);

async function sent(options: Omit<HttpTransportOptions, 'url'>): Promise<Received | undefined> {
  const { url, received } = await startReceiver(() => ({ status: 200 }));
  expect(await httpTransport({ url, ...options }).send(batch, calm)).toEqual({ status: 'accepted' });
  return received[0];
}

test('records of the own form stand in their envelope, events of another form in an array', async () => {
  const own = await sent({});
  expect(own?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(own?.body ?? '')).toEqual({ records: [deniedStatement, maskedStatement] });
  const events = await sent({ format: ecs });
  expect(JSON.parse(events?.body ?? '')).toMatchObject([{ ecs: { version: '9.4.0' } }, { ecs: {} }]);
});

test('a batch of CloudEvents is one to the official SDK', async () => {
  const request = await sent({ format: cloudEvents });
  expect(request?.headers['content-type']).toBe('application/cloudevents-batch+json');
  expect(HTTP.toEvent({ headers: request?.headers ?? {}, body: request?.body })).toMatchObject([
    { id: deniedStatement.id, data: deniedStatement },
    { data: maskedStatement },
  ]);
});

test('records can be sent as lines, and one after another', async () => {
  const lines = await sent({ body: 'lines' });
  expect(lines?.headers['content-type']).toBe('application/x-ndjson');
  expect(lines?.body.split('\n').map((line) => line && (JSON.parse(line) as unknown))).toEqual([
    deniedStatement,
    maskedStatement,
    '',
  ]);
  const joined = await sent({ body: 'concatenated', format: recordJson });
  expect(joined?.body).toBe(`${JSON.stringify(deniedStatement)}${JSON.stringify(maskedStatement)}`);
});

test('text is sent as lines, and as nothing else', async () => {
  const request = await sent({ format: cef });
  expect(request?.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(request?.body).toMatch(/^CEF:0\|[^\n]+\nCEF:0\|[^\n]+\n$/);
  expect(() => httpTransport({ url: 'https://x/', format: cef, body: 'array' })).toThrow(/body must be lines/);
});

test('a token that is no token is not repeated in the message', () => {
  const make = (): unknown => httpTransport({ url: 'https://x/', token: 'my secret' });
  expect(make).toThrow(/token: must be printable ASCII/);
  expect(make).not.toThrow(/my secret/);
});
