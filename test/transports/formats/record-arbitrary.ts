import * as fc from 'fast-check';

const HOSTILE = [
  '|',
  '\\',
  '\\n',
  '\n',
  '\r\n',
  '=',
  ' cs1=',
  ' ',
  '"',
  "'",
  '{',
  ',',
  '\0',
  '\u2028',
  'é',
  '漢',
  '😀',
];
const LONE_SURROGATES = ['\ud800', '\udc00'];

const pieces = (odd: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'binary', maxLength: 8 })))
    .map((parts) => parts.join(''));

/** Text that an attacker would choose, with halves of surrogate pairs, which JSON has to escape. */
export const hostileText: fc.Arbitrary<string> = pieces([...HOSTILE, ...LONE_SURROGATES]);

/** The same, without halves of surrogate pairs. */
export const wellFormedText: fc.Arbitrary<string> = pieces(HOSTILE);

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(65_535)).map(([ip, port]) => `${ip}:${String(port)}`),
  fc.tuple(fc.ipV6(), fc.nat(65_535)).map(([ip, port]) => `[${ip}]:${String(port)}`),
  fc.tuple(fc.domain(), fc.nat(65_535)).map(([host, port]) => `${host}:${String(port)}`),
  fc.ipV6(),
  fc.domain(),
);
const time = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('Z', '456Z'));

function members(text: fc.Arbitrary<string>): Record<string, fc.Arbitrary<unknown>> {
  const name = text.filter((value) => value !== '');
  const names = fc.array(name, { maxLength: 3 });
  const agent = fc.record(
    { subject: name, issuer: fc.webUrl(), name, groups: names, actor: names, model: name, verified: fc.boolean() },
    { requiredKeys: ['subject', 'issuer', 'verified'] },
  );
  return {
    v: fc.constant(1),
    id: fc.uuid({ version: 7 }),
    time,
    writer: fc.record(
      { id: fc.uuid(), seq: fc.integer({ min: 1, max: 2 ** 31 - 1 }), prev: fc.base64String({ minLength: 4 }) },
      { requiredKeys: ['id', 'seq'] },
    ),
    agent: optional(agent),
    task: optional(fc.record({ id: name, source: fc.constantFrom('claim', 'asserted') })),
    trace: optional(fc.constant({ trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' })),
    db: optional(
      fc.record(
        { system: fc.constantFrom('mysql', 'mariadb'), server: address, namespace: name, user: name },
        { requiredKeys: ['system'] },
      ),
    ),
  };
}

const session = fc.record(
  { id: fc.uuid(), mode: fc.constantFrom('embedded', 'proxy'), client: address, thread_id: fc.nat() },
  { requiredKeys: ['id', 'mode'] },
);

/** A statement's record, whose texts are of the given kind. */
export function statementRecord(text: fc.Arbitrary<string>): fc.Arbitrary<{ statement: { text: string } }> {
  const table = fc.record(
    { schema: text, table: text, access: fc.constantFrom('read', 'write') },
    { requiredKeys: ['table', 'access'] },
  );
  const statement = fc.record(
    {
      command: fc.constantFrom('COM_QUERY', 'COM_STMT_EXECUTE'),
      text,
      parameters: fc.array(fc.oneof(text, fc.integer(), fc.constant(null))),
      digest: fc.base64String({ minLength: 4 }),
      operation: fc.oneof(fc.constantFrom('SELECT', 'DELETE', 'CREATE TABLE', 'SET'), text),
      summary: text,
      tables: fc.array(table, { maxLength: 3 }),
      truncated: fc.boolean(),
    },
    { requiredKeys: ['command', 'text', 'truncated'] },
  );
  return fc.record({
    ...members(text),
    type: fc.constant('statement'),
    session,
    statement,
    verdict: verdictOf(text),
    outcome: outcomeOf(text),
  }) as unknown as fc.Arbitrary<{ statement: { text: string } }>;
}

function verdictOf(text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const rule = text.filter((value) => value !== '');
  const decision = fc.constantFrom('approved', 'rejected', 'expired', 'cancelled');
  const approval = fc.record({ id: fc.uuid(), by: rule, decision }, { requiredKeys: ['id', 'decision'] });
  const effect = fc.constantFrom('allow', 'deny', 'approve', 'error');
  return fc.record({ effect, rule, reason: text, approval }, { requiredKeys: ['effect'] });
}

function outcomeOf(text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.record(
    {
      status: fc.constantFrom('ok', 'error', 'denied', 'aborted', 'unknown'),
      error: fc.record({ code: fc.nat(), sqlstate: fc.constant('23000'), message: text }, { requiredKeys: [] }),
      rows: fc.nat(),
      affected: fc.oneof(fc.nat(), fc.constant('18446744073709551615')),
      bytes: fc.nat(),
      duration_us: fc.nat(),
      masked: fc.array(text, { maxLength: 2 }),
    },
    { requiredKeys: ['status'] },
  );
}

/** A record of no statement: of the types that are written, and of those that later versions write, with members unknown today. */
export function eventRecord(text: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const event = fc.record(
    { action: fc.oneof(fc.constantFrom('open', 'close', 'refused', 'renewed', 'expired'), text), reason: text },
    { requiredKeys: [] },
  );
  return fc.record({
    ...members(text),
    type: fc.constantFrom('session', 'identity', 'approval', 'checkpoint', 'policy', 'summary', 'intent'),
    session: optional(session),
    event: optional(event),
    later: fc.jsonValue(),
  });
}

/** The bytes that a journal has of a record. */
export function bytesOf(record: object): Buffer {
  return Buffer.from(JSON.stringify(record));
}
