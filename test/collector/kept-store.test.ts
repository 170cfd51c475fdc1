import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { alertRulesOf } from '../../src/collector/alerts/alert-rules.js';
import { StoreReader } from '../../src/collector/store/store-reader.js';
import { StoreWriter } from '../../src/collector/store/store-writer.js';
import { afterThisTest, isCheckpoint, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';
import { type Sample, sender } from './record-samples.js';
import { trailRecords } from './trail-records.js';

/** A store of small files in which time goes by as the test says. */
interface Kept {
  readonly directory: string;
  readonly reader: StoreReader;
  /** A time of one month. */
  at(day: number, hour?: number, minute?: number): Date;
  store(text: string, when: Date): unknown;
  remove(when: Date): number;
  /** The writer is closed, and another one opened. */
  reopen(): void;
}

function open(limits: { partitionRecords: number; keepDays?: number }): Kept {
  const directory = temporaryDirectory();
  const all = { ...limits, alerts: alertRulesOf() };
  let writer = new StoreWriter(directory, all);
  const reader = new StoreReader(directory);
  afterThisTest(() => writer.close());
  afterThisTest(() => reader.close());
  return {
    ...{ directory, reader },
    at: (day, hour = 0, minute = 0) => new Date(Date.UTC(2026, 10, day, hour, minute)),
    store: (text, when) => writer.store([{ form: 'lines', bytes: Buffer.from(text), sender }], when)[0],
    remove: (when) => writer.removeOld(when),
    reopen: () => {
      writer.close();
      writer = new StoreWriter(directory, all);
    },
  };
}

const idsIn = (reader: StoreReader): string[] =>
  reader.search({ order: 'asc', limit: 100 }).records.map(({ json }) => (JSON.parse(json) as Sample).id);

const filesIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /^records-\d+\.db$/.test(name));

const numbered = (seq: number): string => `{"v":1,"type":"statement","id":"${seq}","writer":{"id":"w","seq":${seq}}}\n`;

test('what comes again long after it was stored is said to, once for a writer; within the hour it is not', () => {
  const { store, at, reader } = open({ partitionRecords: 2 });
  const lines = numbersTo(5).map(numbered);
  for (const line of lines) store(line, at(1, 1));
  expect(store(lines.join(''), at(1, 1, 59))).toMatchObject({ duplicates: 5, findings: [] });
  expect(store(lines.join(''), at(1, 3))).toMatchObject({ duplicates: 5, findings: [{ problem: 'replay' }] });
  const message =
    '5 records of writer w, of which 1 is the first, came again from agent-host long after they were stored';
  expect(reader.witnessed().findings).toMatchObject([{ problem: 'replay', message }]);
});

test('what comes again because the collector was away for days is not a replay; what comes an hour later is', () => {
  const { store, at, reopen } = open({ partitionRecords: 2 });
  const lines = numbersTo(5).map(numbered);
  for (const line of lines) store(line, at(1));
  reopen();
  expect(store(lines.join(''), at(4))).toMatchObject({ duplicates: 5, findings: [] });
  expect(store(lines.join(''), at(4, 1, 1))).toMatchObject({ findings: [{ problem: 'replay' }] });
});

test('a record that comes changed is a finding about the writer of the one that is held', () => {
  const { store, at, reader } = open({ partitionRecords: 2 });
  for (const seq of numbersTo(3)) store(numbered(seq), at(1));
  const stranger = '{"v":1,"type":"statement","id":"2","writer":{"id":"nobody","seq":99}}\n';
  expect(store(stranger, at(1))).toMatchObject({ conflicts: ['2'], stored: 0 });
  expect(reader.witnessed().findings).toMatchObject([{ problem: 'changed', writer_id: 'w', seq: 2, id: '2' }]);
  expect(reader.size().conflicts).toBe(1);
});

test('a writer whose id is too long to be remembered is none, and its records are kept', () => {
  const { store, at, reader } = open({ partitionRecords: 9 });
  const names = ['w'.repeat(128), 'w'.repeat(129)];
  for (const [no, id] of names.entries())
    for (const copy of [1, 2])
      store(`{"v":1,"type":"statement","id":"${no}-${copy}","writer":{"id":"${id}","seq":1}}\n`, at(1));
  expect(reader.witnessed().findings).toMatchObject([{ problem: 'fork', writer_id: names[0] }]);
  expect(idsIn(reader)).toHaveLength(4);
});

test('a partition is removed when it was kept long enough; what is newer stays', () => {
  const { store, at, remove, reader } = open({ partitionRecords: 1_000, keepDays: 2 });
  for (const day of [1, 2, 3, 4]) store(`{"v":1,"type":"statement","id":"day ${day}"}\n`, at(day, 12));
  expect(idsIn(reader)).toEqual(['day 2', 'day 3', 'day 4']);
  expect(remove(at(5, 13))).toBe(2);
  expect(idsIn(reader)).toEqual(['day 4']);
  expect(remove(new Date(Date.UTC(2027, 0, 1)))).toBe(0);
});

test('a partition that is removed while it is read is not made again, and an empty file of one is dropped', () => {
  const { store, at, reader, directory, remove, reopen } = open({ partitionRecords: 2, keepDays: 9 });
  for (const seq of numbersTo(5)) store(numbered(seq), at(1));
  const [first, second, third] = filesIn(directory);
  const page = reader.search({ order: 'asc', limit: 2 });
  expect(page.records).toHaveLength(2);
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, `${second}${end}`), { force: true });
  expect(idsIn(reader)).toEqual(['1', '2', '5']);
  expect(filesIn(directory)).toEqual([first, third]);
  writeFileSync(join(directory, second ?? ''), '');
  reopen();
  expect(filesIn(directory)).toEqual([first, third]);
  expect(remove(at(30))).toBe(1);
  expect(idsIn(reader)).toEqual(['5']);
});

test('a writer that is back when its records were kept long enough and removed is not accused, and one that lacks some is', async () => {
  for (const isWhole of [true, false]) {
    const all = await trailRecords(generateKeyPairSync('ed25519').privateKey, 12);
    const signed = all.findIndex((text, no) => no > 0 && isCheckpoint(text));
    const rest = all.slice(signed + 3);
    const { store, at, remove, reader } = open({ partitionRecords: 100, keepDays: 2 });
    for (const text of all.slice(0, signed + 3)) store(text, at(1));
    store('{"v":1,"type":"statement","id":"a"}', at(2));
    expect(remove(at(5))).toBe(1);
    for (const text of isWhole ? rest : rest.slice(1)) store(text, at(5));
    const { findings, writers, removed } = reader.witnessed();
    expect(findings.map(({ problem }) => problem)).toEqual(isWhole ? [] : expect.arrayContaining(['removed']));
    expect(removed).toMatchObject([{ seq: signed + 3 }]);
    if (isWhole) expect(writers[0]?.size).toBe(all.length - 1);
  }
});

test('what is made of the records is made again from all files that are left, when the first were removed', () => {
  const { store, at, directory, reopen, reader } = open({ partitionRecords: 2, keepDays: 2 });
  for (const day of [1, 2, 4, 5])
    for (const no of numbersTo(3))
      store(`{"v":1,"type":"statement","id":"${day}-${no}","session":{"id":"s"}}\n`, at(day));
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, `ledger.db${end}`), { force: true });
  reopen();
  const again = new StoreReader(directory);
  afterThisTest(() => again.close());
  const left = idsIn(again).length;
  expect(left).toBeLessThan(12);
  expect(again.size().records).toBe(left);
  expect(again.sessions({ order: 'asc', limit: 1 })).toMatchObject([{ statements: left }]);
  expect(reader.size().records).toBe(left);
});
