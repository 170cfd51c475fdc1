import { generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';

import { webhookTransport, type RecordFormat, type WebhookTransportOptions } from '../../src/transports/index.js';
import { recordTexts, startReceiver, startSilent, type Received } from './http-receiver.js';
import { expectTenThousand } from './ten-thousand.js';

const never = new AbortController().signal;
const newSecret = (bytes = 32): string => `whsec_${randomBytes(bytes).toString('base64')}`;
const secret = newSecret();
const batch = { id: 'writer-1-2', records: [Buffer.from('{"a":"é"}'), Buffer.from('{"b":2}')] };

/** Headers as the reference implementation takes them. */
function signed({ headers }: Received): Record<string, string> {
  return Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
}

async function sendOne(options: Partial<WebhookTransportOptions> = {}): Promise<Received> {
  const { url, received } = await startReceiver({ status: 204 });
  const result = await webhookTransport({ url, secrets: secret, ...options }).send(batch, never);
  expect(result).toEqual({ status: 'accepted' });
  const [request] = received;
  if (request === undefined) throw new Error('nothing was received');
  return request;
}

test('the reference implementation verifies a request and finds the records in it', async () => {
  const request = await sendOne();
  expect(new Webhook(secret).verify(request.body.toString(), signed(request))).toEqual({
    records: [{ a: 'é' }, { b: 2 }],
  });
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'writer-1-2' });
});

test('a tampered body, another id, another key and an old timestamp are refused', async () => {
  const request = await sendOne();
  const body = request.body.toString();
  const headers = signed(request);
  const webhook = new Webhook(secret);
  expect(() => webhook.verify(body.replace('2', '3'), headers)).toThrow(/No matching signature/);
  expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'writer-1-3' })).toThrow(/No matching signature/);
  expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow(/No matching signature/);
  const old = String(Number(headers['webhook-timestamp']) - 600);
  expect(() => webhook.verify(body, { ...headers, 'webhook-timestamp': old })).toThrow(/too old/);
});

test('while a key is rotated, receivers with the old and with the new one verify', async () => {
  const [old, fresh] = [newSecret(24), newSecret(64)];
  const request = await sendOne({ secrets: [fresh, old] });
  for (const known of [old, fresh]) new Webhook(known).verify(request.body.toString(), signed(request));
  expect(signed(request)['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
});

test('an Ed25519 key signs as v1a', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const request = await sendOne({ secrets: [`whsk_${seed.toString('base64')}`, secret] });
  const headers = signed(request);
  new Webhook(secret).verify(request.body.toString(), headers);
  const [asymmetric] = headers['webhook-signature']?.split(' ') ?? [];
  const signature = Buffer.from(asymmetric?.replace(/^v1a,/, '') ?? '', 'base64');
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${request.body.toString()}`);
  expect(verify(null, content, publicKey, signature)).toBe(true);
});

test('a repetition bears the same id and the time of its own', async () => {
  const { url, received } = await startReceiver({ status: 500 });
  const transport = webhookTransport({ url, secrets: secret });
  await transport.send(batch, never);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await transport.send(batch, never);
  const [first, second] = received.map(signed);
  expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  expect(Number(second?.['webhook-timestamp'])).toBeGreaterThan(Number(first?.['webhook-timestamp']));
  new Webhook(secret).verify(received[1]?.body.toString() ?? '', second ?? {});
});

test('records in a form that is not JSON are sent one a line', async () => {
  const format: RecordFormat = {
    name: 'lengths',
    contentType: 'text/plain',
    encode: (record) => Buffer.from(`length=${record.length}`),
  };
  const request = await sendOne({ format });
  expect(request.headers['content-type']).toBe('text/plain');
  expect(request.body.toString()).toBe('length=10\nlength=7\n');
});

test.each([
  [200, 'accepted', undefined],
  [204, 'accepted', undefined],
  [302, 'retry', undefined],
  [400, 'rejected', undefined],
  [401, 'retry', undefined],
  [404, 'retry', undefined],
  [410, 'retry', 3_600_000],
  [413, 'rejected', undefined],
  [422, 'rejected', undefined],
  [429, 'retry', 5000],
  [500, 'retry', undefined],
  [502, 'retry', 5000],
  [504, 'retry', 5000],
])('an answer of %d is taken as %s, after %s ms', async (status, expected, afterMs) => {
  const { url } = await startReceiver({ status });
  const result = await webhookTransport({ url, secrets: secret }).send(batch, never);
  expect(result).toMatchObject({ status: expected, ...(afterMs !== undefined && { afterMs }) });
  if (afterMs === undefined) expect(result).not.toHaveProperty('afterMs');
});

test('a receiver that is busy says for how long, and one that is gone what to do', async () => {
  const busy = await startReceiver({ status: 429, headers: { 'retry-after': '7' } });
  expect(await webhookTransport({ url: busy.url, secrets: secret }).send(batch, never)).toMatchObject({
    afterMs: 7000,
  });
  const gone = await startReceiver({ status: 410 });
  const reason = expect.stringMatching(/answered 410.*switched this webhook off.*the records are kept/) as string;
  expect(await webhookTransport({ url: gone.url, secrets: secret }).send(batch, never)).toMatchObject({ reason });
});

test('a receiver that is not there or silent is tried again, and the reason holds no secret', async () => {
  const place = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ could not be reached/) as string;
  for (const url of ['http://127.0.0.1:9/hooks/secret-path?key=secret-key', await startSilent()]) {
    const result = await webhookTransport({ url, secrets: secret, timeoutMs: 200 }).send(batch, never);
    expect(result).toMatchObject({ status: 'retry', reason: place });
    expect(JSON.stringify(result)).not.toContain('secret');
  }
});

test('ten thousand records are received byte for byte, each request verified', async () => {
  const webhook = new Webhook(secret);
  const { url, received } = await startReceiver((request) => {
    webhook.verify(request.body.toString(), signed(request));
    return { status: 200 };
  });
  await expectTenThousand(webhookTransport({ url, secrets: secret }), async () =>
    received.flatMap(({ body }) => recordTexts(body.toString())),
  );
}, 60_000);

test('every bad option is named at once, and no secret is repeated', () => {
  const bad = {
    url: 'http://hooks.example/',
    secrets: [newSecret(23), newSecret(65), 'whsec_not*base64', 'secret-without-prefix', 'whsk_c2hvcnQ='],
    timeoutMs: 0,
    colour: 'red',
  };
  const make = (): unknown => webhookTransport(bad);
  expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }) as Error);
  expect(make).toThrow(
    /url: .*secrets\.0: .*secrets\.1: .*secrets\.2: .*secrets\.3: .*secrets\.4: .*timeoutMs: .*colour: /,
  );
  for (const given of bad.secrets) expect(make).not.toThrow(given);
  expect(() => webhookTransport({ url: 'https://hooks.example/', secrets: [] })).toThrow(/secrets: .*at least one/);
});
