import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { CheckpointRecord, SigningOptions, Transport } from '../../src/audit/index.js';
import {
  checkProof,
  TrailVerifier,
  type VerificationGrounds,
  type VerificationReport,
} from '../../src/audit/verify/index.js';
import { startChild } from './child.js';
import {
  brokenLink,
  eventually,
  isCheckpoint,
  numbersTo,
  openTrail,
  receiver,
  record,
  temporaryDirectory,
  type Receiver,
} from './trail-fixtures.js';

const WRITER = new URL('./writer-process.ts', import.meta.url);

function verify(all: readonly string[], grounds: VerificationGrounds = {}): VerificationReport {
  const verifier = new TrailVerifier();
  for (const text of all) verifier.add(Buffer.from(text));
  return verifier.report(grounds);
}

const checkpoints = (sink: Receiver): CheckpointRecord[] =>
  sink.all.filter(isCheckpoint).map((text) => JSON.parse(text) as CheckpointRecord);
const actions = (sink: Receiver): string[] => checkpoints(sink).map(({ event }) => event.action);

async function run(directory: string, statements: number, signing: SigningOptions = {}): Promise<Receiver> {
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport], signing });
  for (const no of numbersTo(statements)) record(trail, no);
  await eventually(() => sink.json.length === statements);
  expect(await trail.close()).toBe(true);
  return sink;
}

test('a journal opens and closes with a checkpoint, and has one for so many records', async () => {
  const sink = receiver();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    signing: { everyRecords: 10 },
  });
  for (const round of [1, 2, 3]) {
    for (const no of numbersTo(10)) record(trail, no);
    await eventually(() => checkpoints(sink).length === 1 + round);
  }
  await trail.close();
  expect(actions(sink)).toEqual(['open', 'mark', 'mark', 'mark', 'close']);
  expect(checkpoints(sink).map(({ checkpoint }) => checkpoint.size)).toEqual([0, 11, 22, 33, 34]);
  expect(verify(sink.all, { keys: [trail.stats().signingKey] })).toMatchObject({ ok: true, findings: [] });
});

test('records that no checkpoint covers get one after a time, and a trail that rests gets no more', async () => {
  const sink = receiver();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    signing: { everyMs: 30 },
  });
  record(trail, 1);
  await eventually(() => actions(sink).includes('mark'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(actions(sink)).toEqual(['open', 'mark']);
});

test('transports with batches of different sizes get the same records and checkpoints', async () => {
  const [one, two, slow] = [receiver('one'), receiver('two'), receiver('slow')];
  const limping: Transport = {
    name: 'slow',
    send: async (batch, signal) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      if (batch.records.length > 3) return { status: 'rejected', reason: 'too many' };
      return slow.transport.send(batch, signal);
    },
  };
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [one.transport, two.transport, limping],
    batchRecords: 40,
    segmentBytes: 5000,
    drainDeadlineMs: 20_000,
    signing: { everyRecords: 25, everyMs: 5 },
  });
  for (const no of numbersTo(400)) {
    record(trail, no);
    if (no % 9 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(await trail.close()).toBe(true);
  expect(one.json).toHaveLength(400);
  expect(actions(one).length).toBeGreaterThan(5);
  expect(two.all).toEqual(one.all);
  expect(slow.all).toEqual(one.all);
  expect(verify(one.all).findings).toEqual([]);
});

test('a journal names the one before it, with its size and root', async () => {
  const directory = temporaryDirectory();
  const first = await run(directory, 3);
  const second = await run(directory, 3);
  const third = await run(directory, 1);
  const close = checkpoints(first).at(-1);
  expect(checkpoints(second)[0]?.checkpoint.note).toContain(
    `\nprevious ${close?.writer.id} ${close?.checkpoint.size} ${close?.checkpoint.root}\n`,
  );
  const all = [...first.all, ...second.all, ...third.all];
  expect(verify(all)).toMatchObject({ ok: true, findings: [] });

  const without = verify([...first.all, ...third.all]);
  expect(without.findings).toMatchObject([{ problem: 'missing journal', writer: checkpoints(second)[0]?.writer.id }]);
  const cut = verify([...first.all.slice(0, 2), ...second.all, ...third.all]);
  expect(cut.findings).toMatchObject([
    { problem: 'truncated', seq: 3, writer: close?.writer.id },
    { problem: 'open end' },
  ]);
});

test('a journal of a process that was killed is named by the next, is closed by it, and verifies', async () => {
  const directory = temporaryDirectory();
  const child = startChild(WRITER, [directory, 'dead', '30']);
  const writerId = (await child.said('ready')).slice('ready '.length);
  await child.said('done');
  await child.kill();

  const sink = receiver('http');
  const trail = await openTrail({ directory, transports: [sink.transport], signing: { everyMs: 50 } });
  await eventually(() => actions(sink).includes('close'));
  record(trail, 1);
  await eventually(() => actions(sink).includes('mark'));
  await trail.close();
  const closed = checkpoints(sink).find(({ event }) => event.action === 'close');
  expect(closed).toMatchObject({ writer: { id: writerId }, checkpoint: { size: 31 } });
  const own = checkpoints(sink).filter(({ writer }) => writer.id === trail.stats().writerId);
  expect(own.map(({ checkpoint }) => checkpoint.note.includes(`\nprevious ${writerId} `))).toEqual([true, true, false]);
  expect(brokenLink(sink.all)).toBeUndefined();
  expect(verify(sink.all)).toMatchObject({ ok: true, findings: [] });
});

test('what is left at the deadline is delivered by the next process with the same checkpoints, and closed once', async () => {
  const directory = temporaryDirectory();
  const [quick, slow] = [receiver('quick'), receiver('slow')];
  const down: Transport = { name: 'slow', send: async () => ({ status: 'retry', reason: 'down' }) };
  const first = await openTrail({
    directory,
    transports: [quick.transport, down],
    drainDeadlineMs: 200,
    signing: { everyRecords: 5 },
  });
  for (const no of numbersTo(20)) record(first, no);
  expect(await first.close()).toBe(false);
  expect(actions(quick)).toContain('close');

  const second = await openTrail({ directory, transports: [quick.transport, slow.transport] });
  const { writerId } = first.stats();
  const ofFirst = (sink: Receiver): string[] =>
    sink.all.filter((text) => text.includes(`"writer":{"id":"${writerId}"`));
  await eventually(() => ofFirst(slow).length === ofFirst(quick).length);
  await second.close();
  expect(ofFirst(slow)).toEqual(ofFirst(quick));
  expect(verify(slow.all).findings).toEqual([]);
});

test('the key is made once, is readable by its owner only, and is in every checkpoint', async () => {
  const directory = temporaryDirectory();
  const sinks = [await run(directory, 1), await run(directory, 1)];
  const file = join(directory, 'signing-key.pem');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).filter((name) => name.includes('key'))).toEqual(['signing-key.pem']);
  const keys = sinks.flatMap((sink) =>
    checkpoints(sink).map(({ checkpoint }) => /\nkey (.+)\n/.exec(checkpoint.note)?.[1]),
  );
  expect(new Set(keys).size).toBe(1);
});

test('a new key is believed when the old one has signed it, and is accused when it has not', async () => {
  const directory = temporaryDirectory();
  const [old, next] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];
  const first = await run(directory, 2, { key: old });
  const rotated = await run(directory, 2, {
    key: next.export({ type: 'pkcs8', format: 'pem' }).toString(),
    replaces: old,
  });
  const { keys, findings } = verify([...first.all, ...rotated.all]);
  expect(findings).toEqual([]);
  expect(keys.map(({ trust }) => trust)).toEqual(['first use', 'linked']);

  const thief = await run(directory, 2);
  const accused = verify([...first.all, ...rotated.all, ...thief.all]);
  expect(accused.findings.map(({ problem, writer }) => [problem, writer])).toContainEqual([
    'unknown key',
    checkpoints(thief)[0]?.writer.id,
  ]);
  expect(accused.ok).toBe(false);
});

test('a signer that stands elsewhere signs; one that gives no signature stops the trail from opening', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = { publicKey, sign: async (bytes: Buffer) => sign(null, bytes, privateKey) };
  const directory = temporaryDirectory();
  const sink = await run(directory, 2, { key });
  expect(verify(sink.all).findings).toEqual([]);
  expect(existsSync(join(directory, 'signing-key.pem'))).toBe(false);

  const broken = run(temporaryDirectory(), 1, { key: { publicKey, sign: () => Buffer.alloc(64) } });
  await expect(broken).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  await expect(run(temporaryDirectory(), 1, { key: rsa })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
});

test('a pinned key that is not the one that signed accuses every checkpoint', async () => {
  const [sink, other] = [await run(temporaryDirectory(), 2), await run(temporaryDirectory(), 1)];
  const key = /\nkey (.+)\n/.exec(checkpoints(other)[0]?.checkpoint.note ?? '')?.[1] ?? '';
  const { ok, findings } = verify(sink.all, { keys: [key] });
  expect(ok).toBe(false);
  expect(findings.filter(({ problem }) => problem === 'unknown key')).toHaveLength(2);
});

test('what is no proof is refused', () => {
  expect(() => checkProof('nonsense', [])).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  expect(() => checkProof('{"v":1,"type":"inclusion"}', [])).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID' }),
  );
});
