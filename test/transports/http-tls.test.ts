import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';

import { httpTransport, type TlsMaterial } from '../../src/transports/index.js';
import { Authority, type Pair } from './certificates.js';
import { batchOf, calm, listen } from './receiver.js';

const batch = batchOf({ a: 1 });

/** An HTTPS receiver that lets nobody in without a certificate of the authority. */
async function startDemanding(authority: Authority): Promise<{ url: string; callers: string[] }> {
  const callers: string[] = [];
  const options = { ...authority.sign('localhost'), ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    callers.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
    request.resume().on('end', () => response.writeHead(200).end('{}'));
  });
  return { url: `https://localhost:${String(await listen(server))}/`, callers };
}

test('a receiver that demands a client certificate gets it', async () => {
  const authority = new Authority();
  const { url, callers } = await startDemanding(authority);
  const tls = { ca: authority.cert, ...authority.sign('agent-a') };
  expect(await httpTransport({ url, tls }).send(batch, calm)).toEqual({ status: 'accepted' });
  expect(callers).toEqual(['agent-a']);
});

test('without a certificate, or with one of another authority, the batch is kept for later', async () => {
  const authority = new Authority();
  const { url, callers } = await startDemanding(authority);
  const stranger = new Authority().sign('agent-a');
  for (const tls of [{ ca: authority.cert }, { ca: authority.cert, ...stranger }]) {
    expect((await httpTransport({ url, tls }).send(batch, calm)).status).toBe('retry');
  }
  expect(callers).toEqual([]);
});

test('a receiver whose authority is not known gets nothing', async () => {
  const authority = new Authority();
  const { url, callers } = await startDemanding(authority);
  expect(await httpTransport({ url, tls: authority.sign('agent-a') }).send(batch, calm)).toMatchObject({
    status: 'retry',
  });
  expect(callers).toEqual([]);
});

test('a renewed certificate is shown by the next batch, over a kept connection or not', async () => {
  const authority = new Authority();
  const { url, callers } = await startDemanding(authority);
  let pair: Pair = authority.sign('agent-old');
  const transport = httpTransport({ url, tls: async (): Promise<TlsMaterial> => ({ ca: authority.cert, ...pair }) });
  await transport.send(batch, calm);
  pair = authority.sign('agent-new');
  await transport.send(batch, calm);
  expect(callers).toEqual(['agent-old', 'agent-new']);
  await transport.close?.();
});

test('material that cannot be used is a bad option, and no message repeats a key', () => {
  const authority = new Authority();
  const [one, other] = [authority.sign('one'), authority.sign('other')];
  const make = (tls: TlsMaterial) => (): unknown => httpTransport({ url: 'https://x/', tls });
  for (const tls of [{ cert: one.cert }, { cert: one.cert, key: other.key }, { ca: authority.cert, key: one.key }]) {
    expect(make(tls)).toThrow(/^httpTransport: tls: must be \{ ca, cert, key \} in PEM, [a-z ,]+$/);
  }
  expect(make({ cert: 'no PEM', key: 'PRIVATE' })).toThrow(expect.not.stringContaining('PRIVATE') as Error);
});
