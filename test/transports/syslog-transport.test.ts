import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { syslogTransport, type SyslogTransportOptions } from '../../src/transports/index.js';
import { expectReceived, expectTenThousand, recordMany, statementsIn, witnessedTrail } from './ten-thousand.js';
import { rsyslog, startSyslog, syslogNg, type Protocol, type SyslogReceiver } from './syslog-receivers.js';

const never = new AbortController().signal;

function options({ ports, tls }: SyslogReceiver, protocol: Protocol): SyslogTransportOptions {
  const common = {
    host: '127.0.0.1',
    port: ports[protocol],
    protocol,
    appName: 'agents',
    hostname: 'host-1',
    procId: 'p7',
  };
  if (protocol === 'udp') return { ...common, maxMessageBytes: 65_507 };
  return protocol === 'tls' ? { ...common, tls } : common;
}

const sample = {
  v: 1,
  type: 'statement',
  id: '0198e0c4-0000-7000-8000-000000000001',
  time: '2026-11-20T22:40:01.123456Z',
  writer: { id: 'w-1', seq: 7 },
  agent: { subject: 'agent "a]\\\n<13>1 - forged', issuer: 'https://issuer.example', verified: true },
  session: { id: 's-1', mode: 'embedded' },
  statement: { command: 'COM_QUERY', text: 'DELETE FROM t', operation: 'DELETE', truncated: false },
  verdict: { effect: 'deny', rule: 'no-delete' },
  outcome: { status: 'denied' },
};
const bytesOf = (record: object): Buffer => Buffer.from(JSON.stringify(record));
const batchOf = (...records: object[]): { id: string; records: Buffer[] } => ({
  id: 'b-1',
  records: records.map(bytesOf),
});

describe.each([rsyslog, syslogNg])('$name', (daemon) => {
  const here = daemon.program !== undefined;

  test.runIf(here).each(['udp', 'tcp', 'tls'] as const)(
    'ten thousand records over %s are received byte for byte',
    async (protocol) => {
      const receiver = await startSyslog(daemon);
      const received = async (): Promise<string[]> => receiver.received().map(({ message }) => message);
      await expectTenThousand(syslogTransport(options(receiver, protocol)), received);
    },
    60_000,
  );

  test.runIf(here)('the header and the structured data say what the record is', async () => {
    const receiver = await startSyslog(daemon);
    const transport = syslogTransport({ ...options(receiver, 'tcp'), enterpriseNumber: 4711 });
    expect(await transport.send(batchOf(sample), never)).toEqual({ status: 'accepted' });
    await expectReceived(async () => receiver.received().map(({ message }) => message), [JSON.stringify(sample)]);
    const [message] = receiver.received();
    expect(message).toMatchObject({ hostname: 'host-1', appName: 'agents', procId: 'p7', msgId: 'statement' });
    // Log audit, warning.
    expect(message?.priority).toBe(String(13 * 8 + 4));
    expect(new Date(message?.time ?? '').toISOString()).toBe('2026-11-20T22:40:01.123Z');
    expect(message?.structuredData).toContain('[countersign@4711 ');
    expect(message?.structuredData).toContain(String.raw`agent="agent \"a\]\\?<13>1 - forged"`);
    expect(message?.structuredData).toMatch(/ rule="no-delete"/);
  });

  test.runIf(here)('what a daemon was sent and did not read before it was killed is sent again', async () => {
    const receiver = await startSyslog(daemon);
    const { trail, sent } = await witnessedTrail(syslogTransport({ ...options(receiver, 'tcp'), timeoutMs: 1000 }));
    await recordMany(trail, 1, 100);
    await expect.poll(() => statementsIn(sent).length).toBe(100);
    const received = async (): Promise<string[]> => [...new Set(receiver.received().map(({ message }) => message))];
    await expectReceived(received, sent);
    process.kill(receiver.pid(), 'SIGSTOP');
    await recordMany(trail, 101, 200);
    // Long enough for the kernel of the receiver to have taken them.
    await delay(300);
    await receiver.kill();
    await recordMany(trail, 201, 300);
    await receiver.start();
    await trail.close();
    expect(statementsIn(sent)).toHaveLength(300);
    await expectReceived(received, sent);
  });
});

test.runIf(rsyslog.program !== undefined)('a kept connection that the daemon has closed is opened again', async () => {
  const receiver = await startSyslog(rsyslog);
  const transport = syslogTransport({ ...options(receiver, 'tls'), confirm: 'written' });
  expect(await transport.send(batchOf(sample), never)).toEqual({ status: 'accepted' });
  await expectReceived(async () => receiver.received().map(({ message }) => message), [JSON.stringify(sample)]);
  await receiver.kill();
  await receiver.start();
  expect(await transport.send(batchOf({ ...sample, id: 'second' }), never)).toEqual({ status: 'accepted' });
  await expectReceived(
    async () => receiver.received().map(({ message }) => message),
    [JSON.stringify(sample), JSON.stringify({ ...sample, id: 'second' })],
  );
  await transport.close?.();
});

test.runIf(rsyslog.program !== undefined)(
  'a record that is too long for a datagram is rejected, or cut where that is asked for',
  async () => {
    const receiver = await startSyslog(rsyslog);
    const long = { ...sample, statement: { ...sample.statement, text: '漢'.repeat(2000) } };
    const make = (oversize: 'reject' | 'cut') =>
      syslogTransport({ ...options(receiver, 'udp'), maxMessageBytes: 2048, oversize });
    const rejected = await make('reject').send(batchOf(sample, long), never);
    expect(rejected).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/bytes .*2048.*'cut'/) as string,
    });
    expect(await make('cut').send(batchOf(long), never)).toEqual({ status: 'accepted' });
    const received = async (): Promise<string[]> => receiver.received().map(({ message }) => message);
    await expect.poll(received).toHaveLength(1);
    const [{ message, structuredData } = { message: '', structuredData: '' }] = receiver.received();
    expect(JSON.stringify(long).startsWith(message)).toBe(true);
    expect(structuredData).toContain('cut="true"');
  },
);

test('a receiver that is not there, or does not read, is tried again', async () => {
  for (const protocol of ['udp', 'tcp', 'tls'] as const) {
    const transport = syslogTransport({ host: '127.0.0.1', port: 9, protocol });
    const first = await transport.send(batchOf(sample), never);
    // That nobody takes a datagram may be known only at the next.
    const result =
      protocol === 'udp' && first.status === 'accepted' ? await transport.send(batchOf(sample), never) : first;
    const reason = expect.stringMatching(`${protocol}://127\\.0\\.0\\.1:9 did not take .*see that`) as string;
    expect(result).toMatchObject({ status: 'retry', reason });
    await transport.close?.();
  }
});

test.runIf(rsyslog.program !== undefined)('a receiver with a certificate of a stranger gets nothing', async () => {
  const receiver = await startSyslog(rsyslog);
  const result = await syslogTransport({ ...options(receiver, 'tls'), tls: {} }).send(batchOf(sample), never);
  expect(result).toMatchObject({ status: 'retry', reason: expect.stringContaining('tls.ca') as string });
  expect(receiver.received()).toEqual([]);
});

test('every bad option is named at once', () => {
  const bad = {
    host: 'a b',
    protocol: 'udp' as const,
    port: 0,
    facility: 24,
    appName: 'with space',
    hostname: '',
    tls: { cert: 'x' },
    maxMessageBytes: 1,
    colour: 'red',
  };
  const problems =
    /host: .*port: .*tls: .*facility: .*appName: .*hostname: .*maxMessageBytes: .*colour: there is no such option/;
  expect(() => syslogTransport(bad)).toThrow(problems);
  expect(() => syslogTransport({ host: 'h', protocol: 'udp', maxMessageBytes: 70_000 })).toThrow(
    /maxMessageBytes: a datagram holds/,
  );
});
