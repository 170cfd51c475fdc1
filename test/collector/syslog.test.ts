import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';

import type { Transport } from '../../src/audit/index.js';
import { createCollector, type Collector, type CollectorOptions } from '../../src/collector/index.js';
import { SyslogFrames } from '../../src/collector/syslog/syslog-frames.js';
import { httpTransport, syslogTransport } from '../../src/transports/index.js';
import { afterThisTest, numbersTo, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import { statementRecord } from '../cli/session-records.js';
import { Authority } from '../transports/certificates.js';
import { batchOf } from '../transports/receiver.js';

async function start(options: Partial<CollectorOptions>): Promise<Collector> {
  const collector = await createCollector({ directory: temporaryDirectory(), ...options });
  afterThisTest(() => collector.close());
  return collector;
}

const ADMIN = 'a-token-that-opens-every-route';

async function recordsOf(collector: Collector, ca?: string): Promise<{ type: string; event?: { reason?: string } }[]> {
  const lines: string[] = [];
  if (ca === undefined) {
    const response = await fetch(`${collector.url}/v1/export`, { headers: { authorization: `Bearer ${ADMIN}` } });
    lines.push(...(await response.text()).trimEnd().split('\n'));
  } else {
    const { get } = await import('node:https');
    const port = new URL(collector.url).port;
    const options = { ca, headers: { authorization: `Bearer ${ADMIN}` } };
    const text = await new Promise<string>((resolve, reject) => {
      get(`https://localhost:${port}/v1/export`, options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(body));
      }).on('error', reject);
    });
    lines.push(...text.trimEnd().split('\n'));
  }
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { type: string });
}

async function deliver(transport: Transport, count: number): Promise<void> {
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [transport],
    signing: { everyRecords: 7 },
  });
  for (const no of numbersTo(count)) record(trail, no, `SELECT ${no} -- ]é"\\ \u2028`);
  await trail.close();
}

test.each(['tcp', 'udp'] as const)('records come as syslog over %s', async (protocol) => {
  const collector = await start({ syslog: { port: 0, udpPort: 0 }, tokens: [ADMIN] });
  const port = protocol === 'udp' ? collector.syslogUdpPort : collector.syslogPort;
  await deliver(syslogTransport({ host: '127.0.0.1', protocol, port }), 40);
  await expect
    .poll(async () => (await recordsOf(collector)).filter(({ type }) => type === 'statement').length)
    .toBe(40);
  const headers = { authorization: `Bearer ${ADMIN}` };
  const witness = (await (await fetch(`${collector.url}/v1/witness`, { headers })).json()) as { findings: object[] };
  expect(witness.findings).toEqual([]);
});

test('over TLS, and over HTTPS, a client with a certificate may send records, and do nothing else', async () => {
  const authority = new Authority();
  const tls = { ...authority.sign('localhost'), clientCa: authority.cert };
  const collector = await start({ tls, syslog: { port: 0 }, tokens: [ADMIN] });
  const mine = { ca: authority.cert, ...authority.sign('agent-a') };
  const port = collector.syslogPort;
  await deliver(syslogTransport({ host: 'localhost', port, tls: mine }), 5);
  const url = `https://localhost:${new URL(collector.url).port}/v1/records`;
  await deliver(httpTransport({ url, tls: mine }), 6);
  const records = await recordsOf(collector, authority.cert);
  expect(records.filter(({ type }) => type === 'statement')).toHaveLength(11);

  const { request } = await import('node:https');
  const statusOf = (method: string, path: string, material: object): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const call = request(new URL(path, url), { method, headers, ca: authority.cert, ...material }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.once('error', reject).end(method === 'POST' ? '{"records":[]}' : undefined);
    });
  expect(await statusOf('POST', '/v1/records', mine)).toBe(200);
  expect(await statusOf('GET', '/v1/records', mine)).toBe(403);
  expect(await statusOf('POST', '/v1/records', {})).toBe(401);
  expect(await statusOf('POST', '/v1/records', new Authority().sign('agent-a'))).toBe(401);
  const stranger = { ca: authority.cert, ...new Authority().sign('agent-a') };
  const transport = syslogTransport({ host: 'localhost', port, tls: stranger });
  const batch = batchOf(statementRecord({ no: 1 }));
  expect(await transport.send(batch, AbortSignal.timeout(5_000))).toMatchObject({ status: 'retry' });
});

test('a message that carries no record is kept as it is, once; what is no frame ends the connection', async () => {
  const collector = await start({ syslog: { port: 0, udpPort: 0 }, tokens: [ADMIN] });
  const whole = Buffer.from(
    '<109>1 2026-11-22T10:00:00Z host app 1 - [x@1 k="a]\\"b"] {"v":1,"type":"statement","id":"r1"}',
  );
  const cut = Buffer.from('<109>1 2026-11-22T10:00:00Z host app 1 - - {"v":1,"type":"statement","id":"r2');
  const frame = (message: Buffer): Buffer => Buffer.concat([Buffer.from(`${message.length} `), message]);
  const talk = async (bytes: Buffer): Promise<'ended' | 'reset'> => {
    const socket = connect(collector.syslogPort ?? 0, '127.0.0.1');
    const outcome = new Promise<'ended' | 'reset'>((resolve) => {
      socket.once('end', () => resolve('ended')).once('error', () => resolve('reset'));
      socket.once('close', () => resolve('reset'));
    });
    socket.resume().end(bytes);
    return outcome;
  };
  expect(await talk(Buffer.concat([whole, cut, cut, Buffer.from('plain words')].map(frame)))).toBe('ended');
  const sender = createSocket('udp4');
  sender.send(cut, collector.syslogUdpPort ?? 0, '127.0.0.1');
  for (const bad of ['hello\n', '99999999999 x', '0 ', '12']) await talk(Buffer.from(bad));
  expect(await talk(frame(whole))).toBe('ended');
  sender.close();
  await once(sender, 'close');
  const records = await recordsOf(collector);
  expect(records.map(({ type }) => type)).toEqual(['statement', 'unreadable', 'unreadable']);
  expect(records[1]?.event?.reason).toBe(cut.toString());
});

test('frames are cut wherever the stream is', () => {
  const messages = ['a', 'bb bb', 'é'.repeat(300)].map((text) => Buffer.from(text));
  const stream = Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]));
  for (let step = 1; step <= stream.length; step++) {
    const frames = new SyslogFrames(1_000);
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) found.push(...frames.take(stream.subarray(at, at + step)));
    expect(Buffer.concat(found).equals(Buffer.concat(messages)) && found.length === 3 && frames.pending === 0).toBe(
      true,
    );
  }
  expect(() => new SyslogFrames(10).take(Buffer.from('11 x'))).toThrow(/11 bytes came; 10 are taken/);
});

test('what anybody could write to is refused as an option', async () => {
  const directory = temporaryDirectory();
  const authority = new Authority();
  const tls = { ...authority.sign('localhost'), clientCa: authority.cert };
  for (const options of [
    { syslog: { host: '0.0.0.0', port: 0 } },
    { syslog: { host: '0.0.0.0', port: 0 }, tls: authority.sign('localhost') },
    { syslog: { host: '0.0.0.0', udpPort: 0 }, tls },
    { tls: { cert: authority.sign('localhost').cert, key: authority.sign('localhost').key } },
    { tls: { cert: 'none', key: 'none' } },
  ])
    await expect(createCollector({ directory, ...options })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
});
