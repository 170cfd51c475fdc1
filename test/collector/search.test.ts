import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { alertRulesOf } from '../../src/collector/alerts/alert-rules.js';
import { openRecordStore } from '../../src/collector/store/open-store.js';
import { openDatabase } from '../../src/collector/store/sqlite.js';
import { StoreWriter } from '../../src/collector/store/store-writer.js';
import { afterThisTest, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';
import { fewFilters, fits, idsOf, put, type Sample, samples, sender } from './record-samples.js';

test('a search finds what fits, all of it and nothing else, in order and page by page, over many partitions', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(samples, { minLength: 1, maxLength: 40 }),
      fc.array(fewFilters, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (drawn, asked, limit) => {
        const records = drawn.map((sample, no): Sample => ({ ...sample, id: `r${no}` }));
        const store = await openRecordStore(temporaryDirectory(), { partitionRecords: 7, alerts: alertRulesOf() });
        try {
          for (let at = 0; at < records.length; at += 3) await put(store, records.slice(at, at + 3));
          for (const filter of asked) {
            const expected = records.filter((record) => fits(record, filter)).map(({ id }) => id);
            found += expected.length;
            expect(await idsOf(store, { ...filter, order: 'asc', limit }), JSON.stringify(filter)).toEqual(expected);
            expect(await idsOf(store, { ...filter, order: 'desc', limit })).toEqual(expected.reverse());
          }
        } finally {
          await store.close();
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(100);
}, 60_000);

test('a record is found by its id, and taken once, whichever file has it; another one with its id is kept beside it', async () => {
  const store = await openRecordStore(temporaryDirectory(), { partitionRecords: 10, alerts: alertRulesOf() });
  afterThisTest(() => store.close());
  for (const no of numbersTo(5))
    await put(
      store,
      numbersTo(10).map((one): Sample => ({ v: 1, type: 'statement', id: `r${no}-${one}` })),
    );
  for (const id of ['r1-1', 'r3-10', 'r5-5'])
    expect((await store.find(id))?.json).toBe(`{"v":1,"type":"statement","id":"${id}"}`);
  expect(await store.find('r9-1')).toBeUndefined();
  const again = (json: string): Promise<object> => store.store({ form: 'lines', bytes: Buffer.from(json), sender });
  expect(await again('{"v":1,"type":"statement","id":"r1-1"}\n')).toMatchObject({ stored: 0, duplicates: 1 });
  expect(await again('{"v":1,"type":"session","id":"r1-1"}\n')).toMatchObject({ stored: 0, conflicts: ['r1-1'] });
  expect(await store.size()).toMatchObject({ records: 50, conflicts: 1 });
});

/** An id of version 7 of a time, and one of its kind for each number. */
const idAt = (atMs: number, no: number): string =>
  atMs
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-') + `-7000-8000-${String(no).padStart(12, '0')}`;

test('an id is taken once, whatever it says of its time, over many files, restarts and a ledger that was lost', () => {
  const began = Date.UTC(2026, 10, 1);
  const minute = 60_000;
  const arrival = fc.record({
    no: fc.integer({ min: 1, max: 6 }),
    kind: fc.constantFrom('now', 'minutes ago', 'long ago', 'to come', 'no time'),
    waitMinutes: fc.constantFrom(0, 1, 20, 800),
    restart: fc.constantFrom('no', 'no', 'yes', 'without ledger'),
  });
  const times = { now: 0, 'minutes ago': -10 * minute, 'long ago': -9_999 * minute, 'to come': 5_000 * minute };
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 5, maxLength: 40 }), (arrivals) => {
      const directory = temporaryDirectory();
      const limits = { partitionRecords: 2, alerts: alertRulesOf() };
      let writer = new StoreWriter(directory, limits);
      const ids: string[] = [];
      let nowMs = began;
      for (const { no, kind, waitMinutes, restart } of arrivals) {
        nowMs += waitMinutes * minute;
        if (restart !== 'no') {
          writer.close();
          if (restart === 'without ledger') rmSync(join(directory, 'ledger.db'));
          writer = new StoreWriter(directory, limits);
        }
        // What came before comes again, as often as something new does.
        const fresh = kind === 'no time' ? `id ${ids.length}` : idAt(nowMs + times[kind], ids.length);
        const id = ids[no * 7 - 7] ?? fresh;
        const bytes = Buffer.from(JSON.stringify({ v: 1, type: 'statement', id }));
        const [result] = writer.store([{ form: 'lines', bytes, sender }], new Date(nowMs));
        expect(result).toMatchObject({ stored: ids.includes(id) ? 0 : 1, conflicts: [] });
        if (!ids.includes(id)) ids.push(id);
      }
      writer.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('a store of another format is not opened', async () => {
  const directory = temporaryDirectory();
  const db = openDatabase(join(directory, 'ledger.db'), { durable: false });
  db.exec('PRAGMA user_version = 99');
  db.close();
  const opened = openRecordStore(directory, { partitionRecords: 2, alerts: alertRulesOf() });
  await expect(opened).rejects.toThrow('it has format 99');
});
