import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { alertRulesOf } from '../../src/collector/alerts/alert-rules.js';
import { openRecordStore } from '../../src/collector/store/open-store.js';
import type { RecordFilter, RecordQuery, RecordStore } from '../../src/collector/store/record-store.js';
import { openDatabase } from '../../src/collector/store/sqlite.js';
import { StoreReader } from '../../src/collector/store/store-reader.js';
import { StoreWriter } from '../../src/collector/store/store-writer.js';
import { afterThisTest, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';

const sender = 'agent-host';

interface Sample {
  readonly v: 1;
  readonly type: string;
  readonly id: string;
  readonly time?: string;
  readonly agent?: { readonly subject: string; readonly actor?: readonly string[] };
  readonly task?: { readonly id: string };
  readonly session?: { readonly id: string };
  readonly db?: { readonly server: string };
  readonly trace?: { readonly trace_id: string };
  readonly statement?: {
    readonly text: string;
    readonly parameters?: readonly unknown[];
    readonly operation: string;
    readonly digest: string;
    readonly tables: readonly { readonly schema?: string; readonly table: string; readonly access: string }[];
  };
  readonly verdict?: {
    readonly effect: string;
    readonly rule: string;
    readonly notes?: readonly { readonly rule: string }[];
  };
  readonly outcome?: {
    readonly status: string;
    readonly rows?: number;
    readonly affected?: number | string;
    readonly masked?: readonly string[];
  };
}

const NAMES = ['anna', 'Anna', 'bob', "o'hara", 'x" OR "y', 'agent-1', 'agent-2', '\uE000rows3', '\uD800', '\0', ''];
const TABLES = ['orders', 'Orders', 'customers', 'order-items', '*'];
const WORDS = [
  'select',
  'DELETE',
  'from',
  'orders',
  'customer_id',
  '4711',
  'straße',
  'a.b@c.de',
  '注文',
  '\uE000rows3',
  "'x'",
  '$1',
];
const RULES = ['no-unbounded-writes', 'reads', 'grant'];
const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const timeOf = (minute: number): string =>
  new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString().replace('Z', '000Z');

const samples: fc.Arbitrary<Omit<Sample, 'id'>> = fc.record(
  {
    v: fc.constant(1 as const),
    type: pick(['statement', 'session']),
    time: fc.nat(120).map(timeOf),
    agent: fc.record({ subject: pick(NAMES), actor: fc.array(pick(NAMES), { maxLength: 2 }) }),
    task: fc.record({ id: pick(NAMES) }),
    session: fc.record({ id: pick(NAMES) }),
    db: fc.record({ server: pick(['db1:3306', 'db2:3306']) }),
    trace: fc.record({ trace_id: pick(['aa', 'bb']) }),
    statement: fc.record(
      {
        text: fc.array(pick(WORDS), { maxLength: 6 }).map((words) => words.join(' ')),
        parameters: fc.array(pick([...WORDS, 4711, null]), { maxLength: 2 }),
        operation: pick(['SELECT', 'DELETE']),
        digest: pick(['d1', 'd2']),
        tables: fc.array(
          fc.record(
            { schema: pick(['shop', 'Shop']), table: pick(TABLES), access: pick(['read', 'write']) },
            { requiredKeys: ['table', 'access'] },
          ),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: ['text', 'operation', 'digest', 'tables'] },
    ),
    verdict: fc.record(
      {
        effect: pick(['allow', 'deny']),
        rule: pick(RULES),
        notes: fc.array(fc.record({ rule: pick(RULES) }), { maxLength: 1 }),
      },
      { requiredKeys: ['effect', 'rule'] },
    ),
    outcome: fc.record(
      {
        status: pick(['ok', 'denied']),
        rows: pick([0, 1, 9, 10, 99, 1e6]),
        affected: pick([5, 50, '12345678901234567890']),
        masked: fc.array(pick(['shop.customers.email', 'shop.t.c'])),
      },
      { requiredKeys: ['status'] },
    ),
  },
  { requiredKeys: ['v', 'type'] },
);

const filters: fc.Arbitrary<RecordFilter> = fc.record({
  type: maybe(pick(['statement', 'session'])),
  agent: maybe(pick(NAMES)),
  actor: maybe(pick(NAMES)),
  task: maybe(pick(NAMES)),
  session: maybe(pick(NAMES)),
  table: maybe(pick([...TABLES, 'shop.orders', 'SHOP.customers'])),
  written: maybe(pick([...TABLES, 'shop.orders'])),
  masked: maybe(pick(['shop.customers.email', 'SHOP.T.C'])),
  operation: maybe(pick(['SELECT', 'DELETE'])),
  effect: maybe(pick(['allow', 'deny'])),
  rule: maybe(pick(RULES)),
  status: maybe(pick(['ok', 'denied'])),
  server: maybe(pick(['db1:3306'])),
  digest: maybe(pick(['d1'])),
  trace: maybe(pick(['aa'])),
  text: maybe(
    fc.array(pick([...WORDS, 'ord*', 'cust*']), { minLength: 1, maxLength: 2 }).map((words) => words.join(' ')),
  ),
  since: maybe(fc.nat(120).map(timeOf)),
  until: maybe(fc.nat(120).map(timeOf)),
  rows: maybe(pick([0, 1, 10, 50, 1e6])),
});
/** Few members: a filter with all of them finds nothing. */
const fewFilters = fc.tuple(filters, fc.array(fc.nat(18), { minLength: 1, maxLength: 3 })).map(([filter, chosen]) => {
  const entries = Object.entries(filter);
  return Object.fromEntries(chosen.map((at) => entries[at]).filter((entry) => entry !== undefined)) as RecordFilter;
});

const words = (text: string): string[] =>
  text
    .replaceAll('\uE000', ' ')
    .toLowerCase()
    .match(/[\p{L}\p{N}_$]+\*?/gu) ?? [];

/** What a filter says, told again without an index. */
function fits(sample: Sample, filter: RecordFilter): boolean {
  const { agent, statement, verdict, outcome } = sample;
  const tables = (statement?.tables ?? []).map(({ schema, table, access }) => ({
    names: [table, ...(schema === undefined ? [] : [`${schema}.${table}`])].map((name) => name.toLowerCase()),
    access,
  }));
  const said = words([statement?.text ?? '', JSON.stringify(statement?.parameters ?? [])].join(' '));
  const hasWord = (word: string): boolean =>
    said.some((one) => (word.endsWith('*') ? one.startsWith(word.slice(0, -1)) : one === word));
  const rows = Math.max(outcome?.rows ?? 0, Number(outcome?.affected ?? 0));
  const tests: Readonly<Record<keyof RecordFilter, (value: never) => boolean>> = {
    type: (value) => sample.type === value,
    agent: (value) => agent?.subject === value,
    actor: (value) => agent !== undefined && [agent.subject, ...(agent.actor ?? [])].includes(value),
    task: (value) => sample.task?.id === value,
    session: (value) => sample.session?.id === value,
    table: (value: string) => tables.some(({ names }) => names.includes(value.toLowerCase())),
    written: (value: string) =>
      tables.some(({ names, access }) => access === 'write' && names.includes(value.toLowerCase())),
    masked: (value: string) => (outcome?.masked ?? []).includes(value.toLowerCase()),
    operation: (value) => statement?.operation === value,
    effect: (value) => verdict?.effect === value,
    rule: (value) => [verdict?.rule, ...(verdict?.notes ?? []).map(({ rule }) => rule)].includes(value),
    status: (value) => outcome?.status === value,
    server: (value) => sample.db?.server === value,
    digest: (value) => statement?.digest === value,
    trace: (value) => sample.trace?.trace_id === value,
    text: (value: string) => words(value).every(hasWord),
    since: (value: string) => sample.time !== undefined && sample.time >= value,
    until: (value: string) => sample.time !== undefined && sample.time < value,
    rows: (value: number) => value === 0 || rows >= value,
  };
  return Object.entries(filter).every(
    ([name, value]) => value === undefined || tests[name as keyof RecordFilter](value as never),
  );
}

async function put(store: RecordStore, records: readonly Sample[]): Promise<void> {
  const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  expect(await store.store({ form: 'lines', bytes, sender })).toMatchObject({ stored: records.length });
}

async function idsOf(store: RecordStore, query: RecordQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let after = query.after; ;) {
    const page = await store.search({ ...query, after });
    expect(page.records.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.records.map(({ json }) => (JSON.parse(json) as Sample).id));
    if (!page.more) return ids;
    after = page.next;
  }
}

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

test('what comes again long after it was stored is said to, once for a writer; within the hour it is not', async () => {
  const directory = temporaryDirectory();
  const writer = new StoreWriter(directory, { partitionRecords: 2, alerts: alertRulesOf() });
  const reader = new StoreReader(directory);
  afterThisTest(() => reader.close());
  afterThisTest(() => writer.close());
  const lines = numbersTo(5).map(
    (seq) => `{"v":1,"type":"statement","id":"${seq}","writer":{"id":"w","seq":${seq}}}\n`,
  );
  const at = (hour: number, minute: number): Date => new Date(Date.UTC(2026, 10, 1, hour, minute));
  const store = (text: string, when: Date): unknown =>
    writer.store([{ form: 'lines', bytes: Buffer.from(text), sender }], when)[0];
  for (const line of lines) store(line, at(1, 0));
  expect(store(lines.join(''), at(1, 59))).toMatchObject({ duplicates: 5, findings: [] });
  expect(store(lines.join(''), at(3, 0))).toMatchObject({ duplicates: 5, findings: [{ problem: 'replay' }] });
  const message =
    '5 records of writer w, of which 1 is the first, came again from agent-host long after they were stored';
  expect(reader.witnessed().findings).toMatchObject([{ problem: 'replay', message }]);
});

test('a partition is removed when it was kept long enough; what is newer stays', async () => {
  const directory = temporaryDirectory();
  const writer = new StoreWriter(directory, { partitionRecords: 1_000, keepDays: 2, alerts: alertRulesOf() });
  const reader = new StoreReader(directory);
  afterThisTest(() => reader.close());
  afterThisTest(() => writer.close());
  const ids = (): string[] =>
    reader.search({ order: 'asc', limit: 10 }).records.map(({ json }) => (JSON.parse(json) as Sample).id);
  for (const day of [1, 2, 3, 4]) {
    const bytes = Buffer.from(`{"v":1,"type":"statement","id":"day ${day}"}\n`);
    writer.store([{ form: 'lines', bytes, sender }], new Date(Date.UTC(2026, 10, day, 12)));
  }
  expect(ids()).toEqual(['day 2', 'day 3', 'day 4']);
  expect(writer.removeOld(new Date(Date.UTC(2026, 10, 5, 13)))).toBe(2);
  expect(ids()).toEqual(['day 4']);
  expect(writer.removeOld(new Date(Date.UTC(2027, 0, 1)))).toBe(0);
});

test('what is made of the records is made again from all files that are left, when the first were removed', () => {
  const directory = temporaryDirectory();
  const limits = { partitionRecords: 2, keepDays: 2, alerts: alertRulesOf() };
  const first = new StoreWriter(directory, limits);
  for (const day of [1, 2, 4, 5]) {
    const lines = numbersTo(3).map((no) => `{"v":1,"type":"statement","id":"${day}-${no}","session":{"id":"s"}}\n`);
    for (const line of lines)
      first.store([{ form: 'lines', bytes: Buffer.from(line), sender }], new Date(Date.UTC(2026, 10, day)));
  }
  first.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, `ledger.db${end}`), { force: true });
  new StoreWriter(directory, limits).close();
  const reader = new StoreReader(directory);
  afterThisTest(() => reader.close());
  const left = reader.search({ order: 'asc', limit: 100 }).records.length;
  expect(left).toBeLessThan(12);
  expect(reader.size().records).toBe(left);
  expect(reader.sessions({ order: 'asc', limit: 1 })).toMatchObject([{ statements: left }]);
});
