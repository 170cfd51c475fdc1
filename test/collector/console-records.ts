/** What a collector holds after some days of work: for the tests of the console. */
import { createHash, randomUUID } from 'node:crypto';

import { createAuditTrail } from '../../src/audit/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { begin, temporaryDirectory } from '../audit/trail-fixtures.js';
import { OK } from '../audit/statement-samples.js';

const HOUR_MS = 3_600_000;
const REASON = 'DELETE has no WHERE: say which rows are meant';

interface Sample {
  readonly agent: string;
  readonly actor?: readonly string[];
  readonly task: string;
  readonly text: string;
  readonly parameters?: readonly unknown[];
  readonly operation: string;
  readonly tables: readonly object[];
  readonly verdict?: object;
  readonly outcome?: object;
}

const read = (table: string): object => ({ schema: 'shop', table, access: 'read' });
const write = (table: string): object => ({ schema: 'shop', table, access: 'write' });

const SAMPLES: readonly Sample[] = [
  {
    ...{ agent: 'support-agent', actor: ['alice@example.com'], task: 'SUP-1042', operation: 'SELECT' },
    ...{ text: 'SELECT id, name, email FROM customers WHERE city = ? ORDER BY name LIMIT 50', parameters: ['Bern'] },
    ...{ tables: [read('customers')], outcome: { rows: 41, masked: ['shop.customers.email'] } },
  },
  {
    ...{ agent: 'support-agent', actor: ['alice@example.com'], task: 'SUP-1042', operation: 'SELECT' },
    text: 'SELECT o.id, o.status, SUM(i.price * i.quantity) AS total\n  FROM orders o JOIN order_items i ON i.order_id = o.id\n WHERE o.customer_id = ? -- the caller\n GROUP BY o.id, o.status',
    ...{ parameters: [4711], tables: [read('orders'), read('order_items')], outcome: { rows: 7 } },
  },
  {
    ...{ agent: 'billing-agent', task: 'BIL-7', operation: 'UPDATE', parameters: ['closed', 11] },
    ...{ text: 'UPDATE invoices SET status = ? WHERE id = ?', tables: [write('invoices')], outcome: { affected: 1 } },
  },
  {
    ...{ agent: 'reporting-agent', task: 'REP-weekly', operation: 'SELECT', tables: [read('orders')] },
    text: "SELECT DATE(created_at) AS day, COUNT(*) AS orders FROM orders WHERE created_at >= '2026-11-01' GROUP BY day",
    outcome: { rows: 21, duration_us: 184_000 },
  },
  {
    ...{ agent: 'warehouse-agent', task: 'WH-88', operation: 'INSERT', parameters: ['SKU-2210', 40] },
    ...{ text: 'INSERT INTO stock (sku, quantity) VALUES (?, ?)', tables: [write('stock')], outcome: { affected: 1 } },
  },
  {
    ...{
      agent: 'cleanup-agent',
      task: 'OPS-31',
      operation: 'DELETE',
      text: 'DELETE FROM orders',
      tables: [write('orders')],
    },
    verdict: { effect: 'deny', rule: 'no-unbounded-writes', reason: REASON },
    outcome: { status: 'denied', duration_us: 40 },
  },
  {
    ...{ agent: 'reporting-agent', task: 'REP-weekly', operation: 'SELECT', tables: [read('order')] },
    text: 'SELECT totl FROM orders WHERE region = "EU"',
    outcome: {
      status: 'error',
      error: { code: 1054, sqlstate: '42S22', message: "Unknown column 'totl' in 'SELECT'" },
    },
  },
];

/** The record of one statement. */
export function sampleRecord(
  no: number,
  ms: number,
  parts: Partial<Sample> & { readonly session?: string } = {},
): object {
  const sample = { ...(SAMPLES[sampleOf(no)] as Sample), ...parts };
  const {
    agent,
    actor,
    task,
    text,
    parameters,
    operation,
    tables,
    verdict,
    outcome,
    session = `session-${no % 40}`,
  } = sample;
  return {
    ...{
      v: 1,
      type: 'statement',
      id: `record-${no}-${session}`,
      time: new Date(ms).toISOString().replace('Z', '250Z'),
    },
    writer: { id: `writer-${session}`, seq: no + 1, prev: 'ZxkRk0oV8mTtq3wFQh2yYb5nPp4u6sLdE7aJgC1iXr0' },
    agent: {
      ...{ subject: agent, issuer: 'https://login.example.com', groups: ['agents'], verified: true },
      ...(actor !== undefined && { actor }),
    },
    task: { id: task, source: 'claim' },
    session: { id: session, mode: 'proxy', client: '10.2.0.14:50122', driver: 'mysql2', statement_no: no + 1 },
    call: { tool: 'run_query', model: 'a-model-4', client: 'assistant 2.1' },
    db: { system: 'mariadb', server: 'db1.example.com:3306', namespace: 'shop', user: 'svc_agents' },
    statement: {
      ...{ command: 'COM_QUERY', text, operation, tables, digest: `digest-${sampleOf(no)}`, truncated: false },
      ...(parameters !== undefined && { parameters }),
    },
    verdict: { effect: 'allow', rule: 'reads', ...verdict },
    outcome: { status: 'ok', duration_us: 600 + ((no * 7919) % 9_000), ...outcome },
  };
}

/** Refusals and errors are rare. */
function sampleOf(no: number): number {
  if (no % 23 === 11) return 5;
  return no % 31 === 17 ? 6 : (no * 7) % 5;
}

/** Statements of the last thirty days, more of them by day than by night, most of them of the last day. */
export function sampleRecords(now: number): object[] {
  const times: number[] = [];
  for (let hour = 30 * 24; hour >= 0; hour--) {
    const at = now - hour * HOUR_MS;
    const busy = Math.round(6 + 5 * Math.sin(((new Date(at).getUTCHours() - 8) / 12) * Math.PI) + (hour % 5));
    const many = hour <= 24 ? busy : hour % 6 === 0 ? Math.ceil(busy / 3) : 0;
    for (let no = 0; no < many; no++) times.push(at - HOUR_MS + ((no + 1) * HOUR_MS) / (many + 1));
  }
  return times.map((ms, no) => sampleRecord(no, ms));
}

const FILM: readonly (readonly [number, number])[] = [
  ...[
    [0, 0],
    [0, 420],
    [1, 900],
    [1, 1_350],
    [2, 2_100],
    [5, 6_300],
    [0, 7_000],
    [6, 8_100],
    [1, 8_400],
  ],
  ...[
    [2, 11_800],
    [3, 12_400],
    [4, 12_900],
    [4, 13_050],
    [5, 17_500],
    [1, 18_000],
    [0, 18_400],
  ],
] as [number, number][];

/** A session of sixteen statements, of which two are refused and one is an error. */
export function filmRecords(now: number): object[] {
  const plain = { verdict: {}, outcome: {}, parameters: [] };
  return FILM.map(([kind, atMs], at) =>
    sampleRecord(at, now - 60_000 + atMs, {
      ...{ ...plain, ...(SAMPLES[kind] as Sample) },
      ...{ session: 'film', agent: 'support-agent', actor: ['alice@example.com'], task: 'SUP-1042' },
    }),
  );
}

export const HOSTILE_TEXTS: readonly string[] = [
  "SELECT '<script>alert(1)</script>' AS hostile_script",
  'SELECT "<img src=x onerror=alert(2)>" AS hostile_image',
  "SELECT 'javascript:alert(3)' AS hostile_link /* <svg onload=alert(4)> */",
  'SELECT 1 AS hostile_bidi /* \u202e; )0 = di EREHW( \u2066 */ -- \u200b\u0007\ufeff',
];

/** Records of an attacker: markup wherever a text may stand, and members that are nothing like what they should be. */
export function hostileRecords(now: number): object[] {
  const markup = '<img src=x onerror=alert(5)>';
  const texts = HOSTILE_TEXTS.map((text, no) =>
    sampleRecord(no, now - 1_000 + no, {
      text,
      session: markup,
      agent: `"><script>alert(6)</script>\u202e`,
      task: 'javascript:alert(7)',
    }),
  );
  const broken = {
    ...{
      v: 1,
      type: '<b>type</b>',
      id: 'broken"><script>alert(8)</script>',
      time: 'no time at all',
      agent: 5,
      task: [],
      session: null,
    },
    ...{
      statement: 'text',
      verdict: { effect: markup, rule: markup, reason: markup, notes: 7 },
      outcome: { status: markup, rows: 'x', masked: {} },
    },
    ...{ event: { action: markup, __proto__: { a: 1 } }, writer: 'w', db: [1], call: false },
  };
  const long = sampleRecord(99, now - 500, {
    text: `SELECT '${'long <b>text</b> \u202e '.repeat(60_000)}' AS hostile_long`,
    session: 'long',
  });
  return [...texts, broken, { ...long, id: 'a-long-one' }];
}

/** Posts records as a governor does. */
export async function postRecords(url: string, token: string, records: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/records`, { method: 'POST', headers, body: JSON.stringify({ records }) });
  if (!response.ok) throw new Error(await response.text());
}

/** Sends records by a trail of its own, with signed checkpoints. */
export async function sendTrail(url: string, token: string): Promise<void> {
  const transports = [httpTransport({ url: `${url}/v1/records`, token })];
  const trail = await createAuditTrail({ directory: temporaryDirectory(), transports, batchAgeMs: 5 });
  for (let no = 1; no <= 5; no++) trail.outcome(begin(trail, no), OK);
  await trail.close();
}

/** A request for an approval. */
export function approvalRequest(parts: {
  readonly text: string;
  readonly rule?: string;
  readonly parameters?: string;
  readonly operation?: string;
}): { readonly id: string } {
  const { text, rule = 'deletes-are-approved', parameters = '[4711]', operation = 'DELETE' } = parts;
  return {
    ...{ id: randomUUID(), digest: 'a'.repeat(43), rule, reason: 'What is deleted is looked at by somebody.' },
    agent: {
      subject: 'cleanup-agent',
      issuer: 'https://login.example.com',
      groups: ['agents'],
      actor: ['alice@example.com'],
    },
    ...{ task: { id: 'OPS-31', source: 'claim' }, call: { tool: 'run_query', model: 'a-model-4' } },
    statements: [
      {
        text,
        parameters,
        operation,
        fingerprint_digest: createHash('sha256').update(text).digest('base64url'),
        tables: [write(/FROM (\w+)/.exec(text)?.[1] ?? '')],
      },
    ],
    ...{ server: 'db1.example.com:3306', namespace: 'shop', session: 'film', in_transaction: true },
    expires_at: new Date(Date.now() + 280_000).toISOString(),
  } as { readonly id: string };
}
