import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { loadNatsClient } from '../../src/transports/nats-client.js';
import { natsTransport, type NatsTransportOptions } from '../../src/transports/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';
import { addStream, natsServer, openNats, startNats, startNatsCluster, storedMessages } from './nats-servers.js';
import { expectReceived, expectTenThousand, recordMany, statementsIn, witnessedTrail } from './ten-thousand.js';

const never = new AbortController().signal;
const batch = {
  id: 'b-1',
  records: [
    Buffer.from('{"id":"r-1","type":"statement","text":"é"}'),
    Buffer.from('{"id":"r-2","type":"session","text":"2"}'),
  ],
};

function open(options: NatsTransportOptions): ReturnType<typeof natsTransport> {
  const transport = natsTransport(options);
  afterThisTest(() => transport.close?.());
  return transport;
}

describe.runIf(natsServer !== undefined)('nats-server', () => {
  test('ten thousand records are stored byte for byte', async () => {
    const node = await startNats();
    const { manager } = await openNats([node]);
    await addStream(manager);
    await expectTenThousand(natsTransport({ servers: node.server }), async () =>
      (await storedMessages(manager)).map(({ text }) => text),
    );
  }, 60_000);

  test('a batch that is sent again, before and after a restart of the server, is stored once', async () => {
    const node = await startNats();
    const { manager } = await openNats([node]);
    await addStream(manager);
    const transport = open({ servers: node.server, timeoutMs: 2000 });
    expect(await transport.send(batch, never)).toEqual({ status: 'accepted' });
    expect(await transport.send(batch, never)).toEqual({ status: 'accepted' });
    await node.kill();
    const down = await transport.send(batch, never);
    expect(down).toMatchObject({ status: 'retry', reason: expect.stringContaining(node.server) as string });
    await node.start();
    expect(await transport.send(batch, never)).toEqual({ status: 'accepted' });
    const { manager: after } = await openNats([node]);
    expect(await storedMessages(after)).toEqual([
      { subject: 'countersign.statement', text: batch.records[0]?.toString() },
      { subject: 'countersign.session', text: batch.records[1]?.toString() },
    ]);
  });

  test('a node of three is killed while records are sent, and nothing is lost', async () => {
    const nodes = await startNatsCluster();
    const { manager } = await openNats(nodes);
    await addStream(manager, 3);
    const servers = nodes.map(({ server }) => server);
    const { trail, sent } = await witnessedTrail(natsTransport({ servers, timeoutMs: 2000 }));
    await recordMany(trail, 1, 3000);
    const leader = (await manager.streams.info('AUDIT')).cluster?.leader;
    const killed = nodes.find(({ server }) => `n${server.split(':')[1]}` === leader);
    await killed?.kill();
    await recordMany(trail, 3001, 6000);
    await trail.close();
    expect(statementsIn(sent)).toHaveLength(6000);
    const { manager: after } = await openNats(nodes.filter((node) => node !== killed));
    await expectReceived(async () => (await storedMessages(after)).map(({ text }) => text), sent);
  }, 60_000);

  test('TLS and a login are used, and a wrong login or authority is a reason without the secret', async () => {
    const more = 'authorization { user: agents, password: right-password }';
    const node = await startNats({ tls: true, more });
    const { manager } = await openNats([node], { user: 'agents', pass: 'right-password', tls: { ca: node.ca } });
    await addStream(manager);
    const servers = node.server;
    const login = { user: 'agents', password: 'right-password' };
    expect(await open({ servers, tls: { ca: node.ca }, login }).send(batch, never)).toEqual({ status: 'accepted' });
    const wrong = { user: 'agents', password: 'wrong-password' };
    const refused = await open({ servers, tls: { ca: node.ca }, login: wrong }).send(batch, never);
    expect(refused).toMatchObject({ status: 'retry', reason: expect.stringMatching(/check the login/) as string });
    expect(JSON.stringify(refused)).not.toContain('wrong-password');
    expect((await open({ servers, tls: true, login }).send(batch, never)).status).toBe('retry');
  });

  test('a server without TLS is not spoken to where TLS is demanded', async () => {
    const node = await startNats();
    const result = await open({ servers: node.server, tls: true }).send(batch, never);
    expect(result).toMatchObject({ status: 'retry', reason: expect.stringContaining('tls') as string });
  });

  test('records wait until there is a stream that takes their subject', async () => {
    const node = await startNats();
    const transport = open({ servers: node.server });
    const missing = await transport.send(batch, never);
    expect(missing).toMatchObject({
      status: 'retry',
      reason: expect.stringMatching(/a stream takes the subject countersign\.\{type\}/) as string,
    });
    const { manager } = await openNats([node]);
    await addStream(manager);
    expect(await transport.send(batch, never)).toEqual({ status: 'accepted' });
    const other = await open({ servers: node.server, stream: 'OTHER' }).send(
      { ...batch, records: [Buffer.from('{"id":"r-3","type":"statement"}')] },
      never,
    );
    expect(other.status).toBe('retry');
  });

  test('a record that is larger than the server or the stream takes is rejected', async () => {
    const node = await startNats({ more: 'max_payload: 200000' });
    const { manager } = await openNats([node]);
    await addStream(manager, 1, { max_msg_size: 100_000 });
    const transport = open({ servers: node.server });
    for (const length of [150_000, 250_000]) {
      const record = JSON.stringify({ id: `long-${length}`, type: 'statement', text: 'x'.repeat(length) });
      const result = await transport.send({ id: 'b', records: [Buffer.from(record)] }, never);
      expect(result).toMatchObject({ status: 'rejected', reason: expect.stringContaining('max_payload') as string });
    }
    expect(await transport.send(batch, never)).toEqual({ status: 'accepted' });
  });
});

test('every bad option is named at once, and no secret is repeated', () => {
  const bad = {
    servers: ['nats.example:4222', 'user:pw-in-url@h'],
    subject: 'a.*',
    stream: 'a b',
    login: { token: '' },
    timeoutMs: 0,
    speed: 1,
  };
  const make = (): unknown => natsTransport(bad);
  expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }) as Error);
  expect(make).toThrow(/servers.*: .*login.*: .*timeoutMs: .*subject: .*stream: .*speed: there is no such option/);
  expect(make).not.toThrow(/pw-in-url/);
  expect(() => natsTransport({ servers: 'nats.example:4222' })).toThrow(/servers: .*loopback/);
  expect(() => natsTransport({ servers: 'nats.example:4222', tls: true })).not.toThrow();
});

test('without the client of NATS, the error says what to install', () => {
  const elsewhere = createRequire(join(temporaryDirectory(), 'index.js'));
  const error = expect.objectContaining({
    code: 'OPTIONS_INVALID',
    message: expect.stringContaining('npm install @nats-io/transport-node @nats-io/jetstream') as string,
  }) as Error;
  expect(() => loadNatsClient(elsewhere)).toThrow(error);
});
