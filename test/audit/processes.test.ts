import { expect, test } from 'vitest';

import { createJournalOwner, isOwnerAlive } from '../../src/audit/journal-owner.js';
import { startChild, type Child } from './child.js';
import {
  brokenLink,
  eventually,
  journalsIn,
  openTrail,
  receiver,
  record,
  temporaryDirectory,
  type Receiver,
} from './trail-fixtures.js';

const WRITER = new URL('./writer-process.ts', import.meta.url);

/** What a child said that it wrote: statement numbers by state. */
function reported(child: Child): { intents: number[]; outcomes: number[] } {
  const numbers = (state: string): number[] =>
    child.lines.filter((line) => line.endsWith(` ${state}`)).map((line) => Number.parseInt(line, 10));
  return { intents: numbers('intent'), outcomes: numbers('outcome') };
}

async function deliverRest(directory: string): Promise<Receiver> {
  const sink = receiver('http');
  const trail = await openTrail({ directory, transports: [sink.transport] });
  await eventually(() => trail.stats().transports.every(({ pendingBytes }) => pendingBytes === 0));
  expect(await trail.close()).toBe(true);
  return sink;
}

test.each([3, 40, 333, 1200])(
  'kill -9 after %d statements loses none that was reported, and calls none a success that was not',
  async (no) => {
    const directory = temporaryDirectory();
    const child = startChild(WRITER, [directory, 'dead', '1000000']);
    await child.said(`${no} intent`);
    await child.kill();
    const { intents, outcomes } = reported(child);

    const sink = await deliverRest(directory);
    const status = new Map(sink.records().map((found) => [found.session.statement_no, found.outcome.status]));
    expect(intents.filter((found) => !status.has(found))).toEqual([]);
    expect(outcomes.filter((found) => status.get(found) !== 'ok')).toEqual([]);
    expect(intents.filter((found) => found % 5 === 0 && status.get(found) !== 'unknown')).toEqual([]);
    expect(status.size).toBe(sink.json.length);
    expect(brokenLink(sink.all)).toBeUndefined();
    expect(journalsIn(directory)).toEqual([]);
  },
);

test('a process that exits without closing its trail loses no outcome', async () => {
  const directory = temporaryDirectory();
  const child = startChild(WRITER, [directory, 'dead', '4', 'exit']);
  expect(await child.ended).toBe(0);
  const sink = await deliverRest(directory);
  expect(sink.records().map((found) => `${found.session.statement_no} ${found.outcome.status}`)).toEqual([
    '1 ok',
    '2 ok',
    '3 ok',
    '4 ok',
  ]);
});

test('two processes in one directory have a journal each; the dead one is taken over, the living one is left alone', async () => {
  const directory = temporaryDirectory();
  const [one, two] = [startChild(WRITER, [directory, 'dead', '9']), startChild(WRITER, [directory, 'dead', '7'])];
  const writers = await Promise.all(
    [one, two].map(async (child) => (await child.said('ready')).slice('ready '.length)),
  );
  await Promise.all([one.said('done'), two.said('done')]);
  await one.kill();

  const sink = await deliverRest(directory);
  expect([...new Set(sink.records().map(({ writer }) => writer.id))]).toEqual([writers[0]]);
  expect(sink.json).toHaveLength(9);
  expect(journalsIn(directory).map((name) => name.split('@')[0])).toEqual([writers[1]]);

  await two.kill();
  expect((await deliverRest(directory)).json).toHaveLength(7);
});

test("of several that start at once, one takes over a dead process's journal", async () => {
  const directory = temporaryDirectory();
  const child = startChild(WRITER, [directory, 'dead', '50']);
  await child.said('done');
  await child.kill();
  const sinks = Array.from({ length: 4 }, () => receiver('http'));
  const trails = await Promise.all(sinks.map((sink) => openTrail({ directory, transports: [sink.transport] })));
  for (const trail of trails) record(trail, 1000);
  expect(await Promise.all(trails.map((trail) => trail.close()))).toEqual([true, true, true, true]);
  const counts = sinks.map((sink) => sink.json.length).sort((a, b) => a - b);
  expect(counts).toEqual([1, 1, 1, 51]);
});

test('an owner is alive while its process is, also when stopped, and dead after kill -9', async () => {
  const directory = temporaryDirectory();
  const child = startChild(WRITER, [directory, 'dead', '1']);
  await child.said('done');
  const ownerId = journalsIn(directory)[0]?.split('@')[1] ?? '';
  expect(await isOwnerAlive(directory, ownerId)).toBe(true);
  process.kill(child.pid, 'SIGSTOP');
  expect(await isOwnerAlive(directory, ownerId)).toBe(true);
  await child.kill();
  expect(await isOwnerAlive(directory, ownerId)).toBe(false);
});

test('an owner that gives up is dead, and one that never was is too', async () => {
  const directory = temporaryDirectory();
  const owner = await createJournalOwner(directory);
  expect(await isOwnerAlive(directory, owner.id)).toBe(true);
  await owner.release();
  expect(await isOwnerAlive(directory, owner.id)).toBe(false);
  expect(await isOwnerAlive(directory, '000000000000')).toBe(false);
});
