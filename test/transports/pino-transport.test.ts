import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { cef, pinoTransport, type PinoTransportOptions, type Transport } from '../../src/index.js';
import {
  afterThisTest,
  brokenLink,
  eventually,
  openTrail,
  record,
  temporaryDirectory,
} from '../audit/trail-fixtures.js';
import { batchOf, calm } from './receiver.js';
import { statementsIn } from './ten-thousand.js';

function make(options: PinoTransportOptions): Transport {
  const transport = pinoTransport(options);
  afterThisTest(() => transport.close?.());
  return transport;
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** A target of our own, in a file: lines are appended by `take(line)`, in which `path` is a file beside it. */
function writeTarget(folder: string, take: string): string {
  const path = join(folder, 'target.mjs');
  writeFileSync(
    path,
    `import { appendFileSync, existsSync, unlinkSync } from 'node:fs';
     import { setTimeout as delay } from 'node:timers/promises';
     import { Writable } from 'node:stream';
     export default ({ folder }) => new Writable({
       decodeStrings: false,
       highWaterMark: 1,
       write(text, _encoding, done) { (async () => { ${take} })().then(() => done(), done); },
     });`,
  );
  return path;
}

test('pino/file has a batch in the file when it is accepted', async () => {
  const destination = join(temporaryDirectory(), 'records.jsonl');
  const transport = make({ target: 'pino/file', options: { destination } });
  const batch = batchOf({ a: 'é' }, { text: 'x'.repeat(200_000) });
  const lines = batch.records.map((line) => `${line.toString()}\n`).join('');
  for (let no = 1; no <= 20; no++) {
    expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
    expect(read(destination) === lines.repeat(no)).toBe(true);
  }
  expect(transport.name).toBe('pino');
});

test('a trail delivers every record to pino/file byte for byte, in a chain that holds', async () => {
  const destination = join(temporaryDirectory(), 'records.jsonl');
  const transport = pinoTransport({ target: 'pino/file', options: { destination } });
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [transport], batchRecords: 7 });
  for (let no = 1; no <= 50; no++) record(trail, no);
  await trail.close();
  const lines = read(destination).trimEnd().split('\n');
  expect(statementsIn(lines)).toHaveLength(50);
  expect(brokenLink(lines)).toBeUndefined();
});

test('pino-roll, of a third party, gets lines with a level', async () => {
  const folder = temporaryDirectory();
  const transport = make({ target: 'pino-roll', options: { file: join(folder, 'records') }, level: 'warn' });
  expect(await transport.send(batchOf({ a: 1 }), calm)).toEqual({ status: 'accepted' });
  expect(readdirSync(folder).map((name) => read(join(folder, name)))).toEqual(['{"level":40,"a":1}\n']);
});

test('pino-socket, of a third party, carries lines to a TCP server', async () => {
  let received = '';
  const server = createServer((socket) => socket.on('data', (data) => void (received += data.toString())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterThisTest(() => server.close());
  const { port } = server.address() as AddressInfo;
  const transport = make({ target: 'pino-socket', options: { address: '127.0.0.1', port, mode: 'tcp' } });
  expect(await transport.send(batchOf({ a: 1 }, { b: 2 }), calm)).toEqual({ status: 'accepted' });
  await eventually(() => received === '{"a":1}\n{"b":2}\n', 'the lines at the server');
});

test('a batch is not accepted before a slow target has taken it, however large it is', async () => {
  const folder = temporaryDirectory();
  const take = `await delay(20); appendFileSync(folder + '/out', text);`;
  const transport = make({ target: writeTarget(folder, take), options: { folder } });
  // More than the memory that the threads share.
  const large = batchOf({ text: 'x'.repeat(9_000_000) }, { end: true });
  expect(await transport.send(large, calm)).toEqual({ status: 'accepted' });
  expect(read(join(folder, 'out')) === large.records.map((line) => `${line.toString()}\n`).join('')).toBe(true);
});

test('a worker that dies is started again, and gets the batch again', async () => {
  const folder = temporaryDirectory();
  const take = `if (existsSync(folder + '/die')) { unlinkSync(folder + '/die'); process.exit(1); } appendFileSync(folder + '/out', text);`;
  const transport = make({ target: writeTarget(folder, take), options: { folder } });
  expect((await transport.send(batchOf({ no: 1 }), calm)).status).toBe('accepted');
  writeFileSync(join(folder, 'die'), '');
  expect(await transport.send(batchOf({ no: 2 }), calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('the pino transport failed') as string,
  });
  expect((await transport.send(batchOf({ no: 2 }), calm)).status).toBe('accepted');
  expect(read(join(folder, 'out'))).toBe('{"no":1}\n{"no":2}\n');
});

test('a worker that dies between two batches is started again too', async () => {
  const folder = temporaryDirectory();
  const take = `appendFileSync(folder + '/out', text); setTimeout(() => process.exit(1), 30);`;
  const transport = make({ target: writeTarget(folder, take), options: { folder } });
  expect((await transport.send(batchOf({ no: 1 }), calm)).status).toBe('accepted');
  await delay(300);
  expect((await transport.send(batchOf({ no: 2 }), calm)).status).toBe('accepted');
  expect(read(join(folder, 'out'))).toBe('{"no":1}\n{"no":2}\n');
});

test('a target that cannot start, fails, or hangs is tried again', async () => {
  const folder = temporaryDirectory();
  const broken = join(folder, 'broken.mjs');
  writeFileSync(broken, `export default () => { throw new Error('no such broker'); };`);
  expect(await make({ target: broken }).send(batchOf({ a: 1 }), calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('the pino transport failed') as string,
  });
  const failing = writeTarget(folder, `throw new Error('the disk is gone');`);
  expect((await make({ target: failing, options: { folder } }).send(batchOf({ a: 1 }), calm)).status).toBe('retry');
  const hanging = writeTarget(folder, `await delay(60_000);`);
  const transport = make({ target: hanging, options: { folder }, timeoutMs: 500 });
  expect(await transport.send(batchOf({ a: 1 }), calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('500 ms') as string,
  });
});

test('an abort ends the wait for a target', async () => {
  const folder = temporaryDirectory();
  const target = writeTarget(folder, `await delay(1000);`);
  const transport = make({ target, options: { folder } });
  expect((await transport.send(batchOf({ a: 1 }), AbortSignal.timeout(100))).status).toBe('retry');
});

test('every bad option is named', () => {
  const options = { target: 'no-such-package-anywhere', options: { log: () => undefined }, level: 'loud', sync: true };
  expect(() => pinoTransport(options)).toThrow(
    /target: is not found.*options: must hold nothing.*level: must be .*sync: there is no such option/,
  );
  expect(() => pinoTransport({ target: 'pino/file', level: 30, format: cef })).toThrow(/a level needs/);
});
