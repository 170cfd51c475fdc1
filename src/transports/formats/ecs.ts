import { hash } from 'node:crypto';

import { parseAddress, type Address } from './address.js';
import { actionOf, messageTextOf, parseRecord, reasonOf, successOf, type ParsedRecord } from './parsed-record.js';
import type { RecordFormat } from './record-format.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Elastic Common Schema, 9.4. What ECS has no field for stands under `countersign`, with parameters and captured rows as JSON text and `affected` as text,
 * so that no mapping of an index depends on what was asked first.
 * @see https://www.elastic.co/docs/reference/ecs
 */
export const ecs: RecordFormat = {
  name: 'ecs',
  contentType: 'application/json',
  encode(record) {
    const parsed = parseRecord(record);
    const { time, trace, agent, db, session } = parsed;
    const document = {
      '@timestamp': time,
      ecs: { version: '9.4.0' },
      message: messageTextOf(parsed),
      event: eventOf(parsed, hash('sha256', record, 'base64url')),
      user: agent && { id: agent.subject, name: agent.name, roles: agent.groups },
      gen_ai: genAiOf(parsed),
      source: endOf(parseAddress(session?.client)),
      server: serverOf(parsed),
      service: db && { type: db.system },
      trace: trace && { id: trace.trace_id },
      span: trace && { id: trace.span_id },
      related: relatedOf(parsed),
      ...problemOf(parsed),
      countersign: ownMembers(parsed),
    };
    return Buffer.from(JSON.stringify(document));
  },
};

function genAiOf({ agent, call }: ParsedRecord): Members | undefined {
  const model = agent?.model ?? call?.model;
  const tool = call && { name: call.tool, call: { id: call.id } };
  if (agent === undefined && tool === undefined) return undefined;
  return { agent: agent && { id: agent.subject, name: agent.name }, request: { model }, tool };
}

function eventOf(record: ParsedRecord, fingerprint: string): Members {
  const { id, type, writer, outcome } = record;
  return {
    ...kindOf(record),
    kind: 'event',
    id,
    module: 'countersign',
    dataset: `countersign.${type}`,
    provider: 'countersign',
    action: actionOf(record),
    outcome: successOf(record),
    reason: reasonOf(record),
    sequence: writer.seq,
    hash: fingerprint,
    duration: outcome?.duration_us === undefined ? undefined : outcome.duration_us * 1000,
  };
}

/** Category and type, of the pairs that ECS expects. */
function kindOf(record: ParsedRecord): { category: string[]; type: string[] } {
  switch (record.type) {
    case 'statement':
      return { category: ['database'], type: statementTypes(record) };
    case 'session':
      return { category: ['session'], type: [SESSION_TYPES.get(record.event?.action) ?? 'info'] };
    case 'identity':
      return { category: ['authentication'], type: ['info'] };
    case 'policy':
      return { category: ['configuration'], type: ['change'] };
    default:
      return { category: ['database'], type: ['info'] };
  }
}

const SESSION_TYPES: ReadonlyMap<string | undefined, string> = new Map([
  ['open', 'start'],
  ['close', 'end'],
]);

function statementTypes(record: ParsedRecord): string[] {
  const tables = record.statement?.tables ?? [];
  const writes = tables.some(({ access }) => access === 'write');
  const what = writes ? 'change' : tables.length > 0 ? 'access' : 'info';
  return successOf(record) === 'failure' ? [what, 'error'] : [what];
}

function endOf(address: Address | undefined): Members | undefined {
  if (address === undefined) return undefined;
  const { host, ip, port } = address;
  return { address: host, port, ...(ip === undefined ? { domain: host } : { ip }) };
}

function serverOf({ db }: ParsedRecord): Members | undefined {
  const end = endOf(parseAddress(db?.server));
  const user = db?.user === undefined ? undefined : { name: db.user };
  return end === undefined && user === undefined ? undefined : { ...end, user };
}

function relatedOf({ agent, db, session, verdict }: ParsedRecord): Members {
  const user = [agent?.subject, ...(agent?.actor ?? []), db?.user, verdict?.approval?.by];
  const ip = [parseAddress(session?.client)?.ip, parseAddress(db?.server)?.ip];
  return { user: distinct(user), ip: distinct(ip) };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function problemOf({ verdict, outcome }: ParsedRecord): Members {
  const error = outcome?.error;
  return {
    rule: verdict?.rule === undefined ? undefined : { name: verdict.rule, description: verdict.reason },
    error: error && {
      code: error.code === undefined ? undefined : String(error.code),
      type: error.sqlstate,
      message: error.message,
    },
  };
}

/** The record less what has a field of its own. */
function ownMembers({ statement, outcome, ...record }: ParsedRecord): Members {
  const { type, v, agent, task, call, session, writer, db, verdict, event } = record;
  const parameters = statement?.parameters;
  const { affected, result } = outcome ?? {};
  return {
    type,
    version: v,
    agent: agent && {
      issuer: agent.issuer,
      actor: agent.actor,
      purpose: agent.purpose,
      token_id: agent.token_id,
      verified: agent.verified,
    },
    ...{ task, call, session, writer, db, verdict, event },
    statement: statement && { ...statement, parameters: parameters && JSON.stringify(parameters) },
    outcome: outcome && {
      ...outcome,
      affected: affected === undefined ? undefined : String(affected),
      result: result && JSON.stringify(result),
    },
  };
}
