import type {
  ApprovalRecord,
  AuditRecord,
  CheckpointRecord,
  IntentRecord,
  PolicyRecord,
  RecordStatement,
  SessionRecord,
  StatementRecord,
  SummaryRecord,
} from '../../../src/index.js';

const base: Omit<StatementRecord, 'type' | 'statement' | 'verdict' | 'outcome'> = {
  v: 1,
  id: '019a0000-0000-7000-8000-000000000001',
  time: '2026-11-20T22:40:01.123456Z',
  writer: { id: 'w-1', seq: 4711, prev: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' },
  agent: {
    subject: 'agent-7',
    issuer: 'https://idp.example',
    name: 'Reporting agent',
    groups: ['reporting'],
    actor: ['alice'],
    model: 'model-x',
    verified: true,
  },
  task: { id: 'task-1', source: 'claim' },
  session: { id: 's-1', mode: 'proxy', client: '10.0.0.7:51000', thread_id: 42 },
  trace: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' },
  db: { system: 'mysql', server: 'db.example:3306', namespace: 'shop', user: 'svc_agents' },
};

const statement: RecordStatement = {
  command: 'COM_QUERY',
  text: "DELETE FROM orders WHERE note = 'a|b\\c=d\n' AND id = 7",
  parameters: [7, 'x'],
  digest: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA',
  operation: 'DELETE',
  summary: 'DELETE orders',
  tables: [
    { schema: 'shop', table: 'customers', access: 'read' },
    { schema: 'shop', table: 'orders', access: 'write' },
  ],
  truncated: false,
};

/** A statement that a rule denied. */
export const deniedStatement: StatementRecord = {
  ...base,
  type: 'statement',
  statement,
  verdict: { effect: 'deny', rule: 'no-deletes', reason: 'orders are kept' },
  outcome: { status: 'denied', error: { code: 1227, sqlstate: '42000', message: 'no-deletes: orders are kept' } },
};

/** A statement that ran, and whose answer was masked. */
export const maskedStatement: StatementRecord = {
  ...base,
  type: 'statement',
  statement: { ...statement, operation: 'SELECT', summary: 'SELECT customers', text: 'SELECT email FROM customers' },
  verdict: { effect: 'allow' },
  outcome: { status: 'ok', rows: 3, bytes: 512, duration_us: 830, masked: ['shop.customers.email'] },
};

/** A statement that waited for an approver. */
export const approvedStatement: StatementRecord = {
  ...base,
  type: 'statement',
  statement,
  verdict: { effect: 'approve', rule: 'ask', approval: { id: 'a-1', by: 'bob', decision: 'approved' } },
  outcome: { status: 'ok', affected: '18446744073709551615', duration_us: 12 },
};

/** A session that was refused before anybody was known. */
export const refusedSession: SessionRecord = {
  v: 1,
  type: 'session',
  id: base.id,
  time: base.time,
  writer: { id: 'w-1', seq: 1 },
  event: { action: 'refused', reason: 'the token has expired' },
};

/** A statement that is about to run. */
export const announcedStatement: IntentRecord = {
  ...base,
  type: 'intent',
  statement,
  verdict: { effect: 'allow' },
  event: { action: 'announced', record: '019a0000-0000-7000-8000-000000000009' },
};

/** An approver who said no. */
export const rejection: ApprovalRecord = {
  ...base,
  type: 'approval',
  event: { action: 'rejected', id: 'a-1', rule: 'ask', by: 'bob', reason: 'not today' },
};

/** Statements that were counted. */
export const counted: SummaryRecord = {
  ...base,
  type: 'summary',
  statement: { digest: 'q83v', fingerprint: 'select 1', operation: 'SELECT', summary: 'SELECT orders' },
  event: {
    action: 'counted',
    from: base.time,
    to: base.time,
    statements: 12,
    outcomes: { ok: 11, error: 1 },
    errors: { '1054': 1 },
    ...{ rows: 40, affected: 0, bytes: 900, duration_us: 4000, max_duration_us: 900 },
  },
};

const policy: PolicyRecord = {
  ...base,
  type: 'policy',
  event: { action: 'loaded', policy: 'default', dry_run: false, rules: 12, masks: 1, digest: 'q83v' },
};

const checkpoint: CheckpointRecord = {
  ...base,
  type: 'checkpoint',
  event: { action: 'mark' },
  checkpoint: { size: 4710, root: 'q83v', note: 'countersign/w-1\n4710\nq83v\n\n— key c2ln\n' },
};

/** One record of each type, and of each action. */
export const sampleRecords: readonly AuditRecord[] = [
  deniedStatement,
  maskedStatement,
  approvedStatement,
  announcedStatement,
  refusedSession,
  { ...base, type: 'session', event: { action: 'open' } },
  { ...base, type: 'session', event: { action: 'close' } },
  { ...base, type: 'identity', event: { action: 'renewed' } },
  { ...base, type: 'identity', event: { action: 'expired', reason: 'the provider is away' } },
  ...(['requested', 'approved', 'expired', 'cancelled'] as const).map((action): ApprovalRecord => ({
    ...rejection,
    event: { action, id: 'a-1', rule: 'ask' },
  })),
  rejection,
  policy,
  counted,
  checkpoint,
];
