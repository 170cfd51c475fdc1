import { parseAddress } from './address.js';
import type { ParsedRecord } from './parsed-record.js';

type OcsfObject = Readonly<Record<string, unknown>>;

/** `metadata`. A record's place in its journal is the event's id: the one before it can be named without knowing it. */
export function metadataOf(record: ParsedRecord, profiles: readonly string[]): OcsfObject {
  const { id, time, type, v, writer, task, statement } = record;
  return {
    version: '1.9.0',
    product: { name: 'Countersign', vendor_name: 'Countersign' },
    profiles,
    uid: eventUid(writer.id, writer.seq),
    original_event_uid: id,
    original_time: time,
    event_code: type,
    log_name: 'countersign',
    log_version: String(v),
    sequence: writer.seq,
    correlation_uid: task?.id,
    is_truncated: statement?.truncated,
  };
}

function eventUid(writerId: string, seq: number): string {
  return `${writerId}:${String(seq)}`;
}

/**
 * The attestation of the profile `record_integrity`: hashes of this record and of the one before it, both over the record's own JSON.
 * @param fingerprint - SHA-256 of the record, base64url
 */
export function attestationOf({ writer }: ParsedRecord, fingerprint: string): OcsfObject {
  const { id, seq, prev } = writer;
  return {
    uid: eventUid(id, seq),
    chain_uid: id,
    fingerprint: fingerprintOf(fingerprint),
    prev_event: prev === undefined ? undefined : { uid: eventUid(id, seq - 1), fingerprint: fingerprintOf(prev) },
  };
}

/** SHA-256 over a serialization of our own, base64url. */
function fingerprintOf(value: string): OcsfObject {
  return {
    algorithm_id: 3,
    algorithm: 'SHA-256',
    encoding_id: 3,
    encoding: 'Base64URL',
    serialization_id: 99,
    serialization: 'Countersign record',
    value,
  };
}

/** `user`: the agent, else the database account. */
export function userOf({ agent, db }: ParsedRecord): OcsfObject {
  if (agent === undefined) return { name: db?.user ?? 'unknown' };
  return {
    uid: agent.subject,
    name: agent.name,
    type_id: 4,
    type: 'Service',
    groups: agent.groups?.map((name) => ({ name })),
    credential_uid: agent.token_id,
  };
}

/** `actor`: the agent, who vouches for it, and its session. */
export function actorOf(record: ParsedRecord): OcsfObject {
  const { agent, session } = record;
  return {
    user: userOf(record),
    idp: agent && { uid: agent.issuer },
    session: session && { uid: session.id, issuer: agent?.issuer },
  };
}

/** `ai_agent` of the profile `ai_operation`. Who made the model is not in a token. */
export function aiAgentOf({ agent, session, call }: ParsedRecord): OcsfObject | undefined {
  if (agent === undefined) return undefined;
  const model = agent.model ?? call?.model;
  return {
    uid: agent.subject,
    name: agent.name,
    instance_uid: session?.id,
    ai_model: model === undefined ? undefined : { name: model, ai_provider: 'unknown' },
  };
}

/** Where the statement came from: the caller of the proxy, else this process. */
export function sourceOf({ session }: ParsedRecord): OcsfObject {
  return endpointOf(session?.client) ?? { name: session?.mode ?? 'unknown' };
}

/** The database server. */
export function serverOf({ db }: ParsedRecord): OcsfObject {
  return { ...(endpointOf(db?.server) ?? { name: db?.system ?? 'unknown' }), svc_name: db?.system };
}

function endpointOf(text: string | undefined): OcsfObject | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const { host, ip, port } = address;
  return { port, ...(ip === undefined ? { hostname: host } : { ip }) };
}

/** The default schema of the session. */
export function databaseOf({ db }: ParsedRecord): OcsfObject {
  return { name: db?.namespace ?? db?.system ?? 'unknown', uid: db?.server, type_id: 1, type: 'Relational' };
}

/** The one table that OCSF has room for: the first that is written, else the first. */
export function tableOf({ statement }: ParsedRecord): OcsfObject | undefined {
  const tables = statement?.tables ?? [];
  const table = tables.find(({ access }) => access === 'write') ?? tables[0];
  if (table === undefined) return undefined;
  return { name: table.schema === undefined ? table.table : `${table.schema}.${table.table}` };
}
