/**
 * What a record says in the names of OpenTelemetry's semantic conventions, and in `countersign.*` where they have none.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 * @module
 */

import type { AuditRecord, RecordDb, StatementRecord } from '../audit/index.js';

/** `KeyValue` of OTLP in JSON, with an `AnyValue` of one member. 64-bit integers are strings there. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly boolValue: boolean }
    | { readonly intValue: string }
    | { readonly doubleValue: number };
}

type Value = string | number | boolean | undefined;

/** Attributes of what is defined, in the order given. */
export function otlpAttributes(values: Readonly<Record<string, Value>>): OtlpAttribute[] {
  const attributes: OtlpAttribute[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string') attributes.push({ key, value: { stringValue: value } });
    else if (typeof value === 'boolean') attributes.push({ key, value: { boolValue: value } });
    else if (Number.isSafeInteger(value)) attributes.push({ key, value: { intValue: String(value) } });
    else if (typeof value === 'number') attributes.push({ key, value: { doubleValue: value } });
  }
  return attributes;
}

/** The attributes of a record. */
export function recordAttributes(record: AuditRecord): OtlpAttribute[] {
  return otlpAttributes({
    'log.record.uid': record.id,
    ...databaseValues(record.db),
    ...(record.type === 'statement' ? statementValues(record) : { 'countersign.event.action': record.event.action }),
    ...agentValues(record),
    'session.id': record.session?.id,
    'countersign.task.id': record.task?.id,
    'countersign.task.source': record.task?.source,
    'countersign.writer.id': record.writer.id,
    'countersign.writer.seq': record.writer.seq,
  });
}

function databaseValues(db: RecordDb | undefined): Record<string, Value> {
  // The port is what follows the last colon: an IPv6 address has colons of its own.
  const [, host, port] = /^(.*):(\d+)$/.exec(db?.server ?? '') ?? [];
  return {
    'db.system.name': db?.system,
    'db.namespace': db?.namespace,
    'server.address': host?.replace(/^\[(.*)\]$/, '$1') ?? db?.server,
    'server.port': port === undefined ? undefined : Number(port),
  };
}

function statementValues({ statement, verdict, outcome }: StatementRecord): Record<string, Value> {
  const errno = outcome.error?.code;
  const [table, ...others] = statement.tables?.filter(({ via }) => via === undefined) ?? [];
  return {
    // The conventions have it for one table only.
    'db.collection.name': others.length === 0 ? table?.table : undefined,
    'db.operation.name': statement.operation,
    'db.query.text': statement.text,
    'db.query.summary': statement.summary,
    'db.response.status_code': errno === undefined ? undefined : String(errno),
    'db.response.returned_rows': outcome.rows,
    'error.type': outcome.status === 'ok' ? undefined : String(errno ?? outcome.status),
    'countersign.outcome.status': outcome.status,
    'countersign.outcome.duration_us': outcome.duration_us,
    'countersign.statement.digest': statement.digest,
    'countersign.verdict.effect': verdict.effect,
    'countersign.verdict.rule': verdict.rule,
  };
}

function agentValues({ agent, call }: AuditRecord): Record<string, Value> {
  return {
    'gen_ai.agent.id': agent?.subject,
    'gen_ai.agent.name': agent?.name,
    'gen_ai.request.model': agent?.model ?? call?.model,
    'gen_ai.tool.name': call?.tool,
    'gen_ai.tool.call.id': call?.id,
    'countersign.call.client': call?.client,
    'countersign.agent.issuer': agent?.issuer,
    'countersign.agent.verified': agent?.verified,
  };
}
