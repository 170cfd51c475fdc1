/** Records and questions that are drawn at random, and what of them fits. */
import fc from 'fast-check';
import { expect } from 'vitest';

import type { RecordFilter, RecordQuery, RecordStore } from '../../src/collector/store/record-store.js';

/** Who sends them. */
export const sender = 'agent-host';

/** A record, as far as it is looked up by. */
export interface Sample {
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

const NAMES = ['anna', 'Anna', 'bob', "o'hara", 'x" OR "y', 'agent-1', 'agent-2', '\x01rows3', '\uD800', '\0', ''];
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
  '\x01rows3',
  "'x'",
  '$1',
];
const RULES = ['no-unbounded-writes', 'reads', 'grant'];
const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const timeOf = (minute: number): string =>
  new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString().replace('Z', '000Z');

export const samples: fc.Arbitrary<Omit<Sample, 'id'>> = fc.record(
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
export const fewFilters: fc.Arbitrary<RecordFilter> = fc
  .tuple(filters, fc.array(fc.nat(18), { minLength: 1, maxLength: 3 }))
  .map(([filter, chosen]) => {
    const entries = Object.entries(filter);
    return Object.fromEntries(chosen.map((at) => entries[at]).filter((entry) => entry !== undefined)) as RecordFilter;
  });

const words = (text: string): string[] =>
  text
    .replaceAll('\x01', ' ')
    .toLowerCase()
    .match(/[\p{L}\p{N}_$]+\*?/gu) ?? [];

/** What a filter says, told again without an index. */
export function fits(sample: Sample, filter: RecordFilter): boolean {
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

/** Stores records that are new. */
export async function put(store: RecordStore, records: readonly Sample[]): Promise<void> {
  const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  expect(await store.store({ form: 'lines', bytes, sender })).toMatchObject({ stored: records.length });
}

/** The ids of all records that a search finds, page by page. */
export async function idsOf(store: RecordStore, query: RecordQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let after = query.after; ;) {
    const page = await store.search({ ...query, after });
    expect(page.records.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.records.map(({ json }) => (JSON.parse(json) as Sample).id));
    if (!page.more) return ids;
    after = page.next;
  }
}
