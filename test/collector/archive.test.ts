import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { alertRulesOf } from '../../src/collector/alerts/alert-rules.js';
import { ArchivedStore } from '../../src/collector/archive/archived-store.js';
import { type CheckedArchiveOptions } from '../../src/collector/archive/archive-options.js';
import { ClickHouse, literal } from '../../src/collector/archive/clickhouse.js';
import { storeIdOf } from '../../src/collector/archive/store-id.js';
import { createCollector } from '../../src/collector/index.js';
import { openRecordStore } from '../../src/collector/store/open-store.js';
import type { ArchivableStore, RecordStore } from '../../src/collector/store/record-store.js';
import { startChild } from '../audit/child.js';
import { afterThisTest, numbersTo, receiver, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import { MAIN } from '../cli/run-command.js';
import { clickhouseServer, startClickHouse } from './clickhouse-server.js';
import { fewFilters, fits, idsOf, put, type Sample, samples } from './record-samples.js';
import { trailRecords } from './trail-records.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const filled = (options: object): CheckedArchiveOptions =>
  ({ table: 'records', collector: 'collector', timeoutMs: 20_000, ...options }) as CheckedArchiveOptions;

/** What is not written to any more is kept for no time. */
function openLocal(directory: string = temporaryDirectory()): Promise<ArchivableStore> {
  const limits = { partitionRecords: 7, keepDays: 0, isArchived: true, alerts: alertRulesOf() };
  return openRecordStore(directory, limits);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(20)) if (await condition()) return;
  throw new Error('it did not come true');
}

const isCopied = async (store: RecordStore): Promise<boolean> => {
  const { head } = await store.search({ order: 'desc', limit: 1 });
  return (await store.size()).archived === head;
};

describe.runIf(clickhouseServer !== undefined)('an archive in ClickHouse', () => {
  test('finds what fits of that which is not kept here any more, as if it were', async () => {
    const { options } = await startClickHouse();
    let [run, found] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(samples, { minLength: 10, maxLength: 40 }),
        fc.array(fewFilters, { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        async (drawn, asked, limit) => {
          const records = drawn.map((sample, no): Sample => ({ ...sample, id: `r${no}` }));
          const local = await openLocal();
          for (let at = 0; at < records.length; at += 3) await put(local, records.slice(at, at + 3));
          const store = new ArchivedStore(local, filled({ ...options, collector: `run-${++run}` }), 'a', silent);
          try {
            await until(() => isCopied(store));
            expect(await store.removeOld()).toBeGreaterThan(0);
            for (const filter of asked) {
              const expected = records.filter((one) => fits(one, filter)).map(({ id }) => id);
              found += expected.length;
              expect(await idsOf(store, { ...filter, order: 'asc', limit }), JSON.stringify(filter)).toEqual(expected);
              expect(await idsOf(store, { ...filter, order: 'desc', limit })).toEqual(expected.reverse());
            }
            expect((await store.find('r0'))?.json).toBe(JSON.stringify(records[0]));
            expect(await store.find('r99')).toBeUndefined();
          } finally {
            await store.close();
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(found).toBeGreaterThan(50);
  }, 120_000);

  test('that was away has every record once when it is back, and nothing is removed before', async () => {
    const node = await startClickHouse();
    await node.kill();
    const local = await openLocal();
    const warnings: object[] = [];
    const logger = { ...silent, warn: (fields: object) => void warnings.push(fields) };
    const store = new ArchivedStore(local, filled(node.options), 'a', logger);
    afterThisTest(() => store.close());
    const records = numbersTo(30).map((no): Sample => ({ v: 1, type: 'statement', id: `r${no}` }));
    for (const one of records) await put(store, [one]);
    await until(async () => warnings.length > 1);
    expect(await store.removeOld()).toBe(0);
    await node.start();
    await until(() => isCopied(store));
    // As after a crash between a copy and its note.
    await local.noteArchived(3);
    await until(() => isCopied(store));
    expect(await store.removeOld()).toBeGreaterThan(0);
    const all = records.map(({ id }) => id);
    expect(await idsOf(store, { order: 'asc', limit: 4 })).toEqual(all);
    expect(await idsOf(store, { order: 'desc', limit: 100 })).toEqual([...all].reverse());
  }, 60_000);

  test('serves a collector: its searches, exports and verification go over all records', async () => {
    const { options } = await startClickHouse();
    const directory = temporaryDirectory();
    const sink = receiver();
    const trail = await openTrail({
      ...{ directory: temporaryDirectory(), transports: [sink.transport] },
      signing: { everyRecords: 5 },
    });
    for (const no of numbersTo(20)) record(trail, no);
    await trail.close();
    const local = await openLocal(directory);
    for (const line of sink.all) await local.store({ form: 'lines', bytes: Buffer.from(line), sender: 'agent' });
    await local.close();
    const first = new ArchivedStore(await openLocal(directory), filled(options), storeIdOf(directory), silent);
    await until(() => isCopied(first));
    expect(await first.removeOld()).toBeGreaterThan(0);
    await first.close();

    const collector = await createCollector({ directory, archive: options });
    afterThisTest(() => collector.close());
    const exported = await (await fetch(`${collector.url}/v1/export?format=jsonl`)).text();
    expect(exported.trimEnd().split('\n')).toEqual(sink.all);
    const verified = startChild(MAIN, ['verify', '--url', collector.url, '--key', trail.stats().signingKey]);
    expect(await verified.ended).toBe(0);
    expect(verified.lines.at(-1)).toBe('ok');
  }, 60_000);

  test('that was added when a collector had removed records already has the rest, and says what it never had', async () => {
    const { options } = await startClickHouse();
    const directory = temporaryDirectory();
    const all = await trailRecords(generateKeyPairSync('ed25519').privateKey, 20);
    const before = { partitionRecords: 7, keepDays: 0, alerts: alertRulesOf() };
    const local = await openRecordStore(directory, before);
    for (const line of all) await local.store({ form: 'lines', bytes: Buffer.from(line), sender: 'agent' });
    await delay(5);
    await local.removeOld();
    const { removed } = await local.witnessed();
    expect(removed).toHaveLength(1);
    await local.close();

    const store = new ArchivedStore(await openLocal(directory), filled(options), storeIdOf(directory), silent);
    afterThisTest(() => store.close());
    for (const no of numbersTo(9)) await put(store, [{ v: 1, type: 'statement', id: `r${no}` }]);
    await until(() => isCopied(store));
    await delay(5);
    await store.removeOld();
    expect(await store.find('r1')).toBeDefined();
    expect((await store.witnessed()).removed).toEqual(removed);
    const left = await idsOf(store, { order: 'asc', limit: 100 });
    expect(left).toHaveLength(all.length - (removed[0]?.seq ?? 0) + 9);
  }, 60_000);

  test('keeps what a collector had whose directory was lost, and one that is set up anew does not touch it', async () => {
    const { options } = await startClickHouse();
    for (const name of ['old', 'new']) {
      const directory = temporaryDirectory();
      const local = await openLocal(directory);
      const records = numbersTo(20).map((no): Sample => ({ v: 1, type: 'statement', id: `${name}-${no}` }));
      for (const one of records) await put(local, [one]);
      const store = new ArchivedStore(local, filled(options), storeIdOf(directory), silent);
      await until(() => isCopied(store));
      await store.removeOld();
      expect(await idsOf(store, { order: 'asc', limit: 7 })).toEqual(records.map(({ id }) => id));
      await store.close();
    }
    const clickhouse = new ClickHouse(filled(options));
    afterThisTest(() => clickhouse.close());
    await clickhouse.run(`OPTIMIZE TABLE ${clickhouse.table} FINAL`);
    const [row] = await clickhouse.rows(`SELECT uniq(id) AS ids FROM ${clickhouse.table}`);
    expect(Number(row?.['ids'])).toBe(40);
  });

  test('is told any text as it is', async () => {
    const { options } = await startClickHouse();
    const clickhouse = new ClickHouse(filled(options));
    afterThisTest(() => clickhouse.close());
    const texts = fc.string({
      unit: fc.oneof(fc.constantFrom("'", '\\', '\0', '\n', '"', '`', '--', '{'), fc.string({ unit: 'grapheme' })),
    });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const [row] = await clickhouse.rows(`SELECT ${literal(text)} AS text, length(${literal(text)}) AS bytes`);
        expect(row).toEqual({ text, bytes: String(Buffer.byteLength(text)) });
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('that refuses is a reason, and no secret', async () => {
    const { options } = await startClickHouse();
    const clickhouse = new ClickHouse(filled({ ...options, password: 'wrong-password' }));
    afterThisTest(() => clickhouse.close());
    await expect(clickhouse.rows('SELECT 1')).rejects.toThrow(/^ClickHouse answered \d{3}: (?!.*wrong-password)/);
  });
});

test('options of an archive that cannot be right are refused', async () => {
  for (const archive of [
    { url: 'http://clickhouse.example:8123' },
    { url: 'https://clickhouse.example:8443', table: 'a; DROP TABLE b' },
    { url: 'https://clickhouse.example:8443', collector: "a'b" },
  ])
    await expect(createCollector({ directory: temporaryDirectory(), archive })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    });
});
