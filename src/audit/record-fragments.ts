/**
 * Encoders of the parts of a record that stay the same for many statements: encoded once, kept by the caller, and put together
 * on the hot path without another look.
 *
 * @module
 */

import type { Identity } from '../identity/identity.js';
import { touchedTables } from '../sql/index.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import type { RecordCall, RecordDb, RecordSession, RecordTask, RecordTrace, RecordVerdict } from './record.js';

const present = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
const presentList = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);

/** `"agent":{…}` of a verified identity. */
export function encodeAgent(identity: Identity): string {
  const agent = {
    subject: identity.subject,
    issuer: identity.issuer,
    name: present(identity.name),
    groups: presentList(identity.groups),
    actor: presentList(identity.actor),
    model: present(identity.model),
    purpose: present(identity.purpose),
    token_id: present(identity.tokenId),
    verified: true,
  };
  return `"agent":${JSON.stringify(agent)}`;
}

/** `"task":{…}`. */
export function encodeTask(task: RecordTask): string {
  return `"task":${JSON.stringify({ id: task.id, source: task.source })}`;
}

/**
 * `"session":{…` without its closing brace: the number of the statement follows on the hot path. Close it with `}` for a record of
 * another type.
 */
export function encodeSession(session: Omit<RecordSession, 'statement_no'>): string {
  const { id, mode, client, driver, thread_id } = session;
  const members = { id, mode, client: present(client), driver: present(driver), thread_id };
  return `"session":${JSON.stringify(members).slice(0, -1)}`;
}

/** `"trace":{…}`. */
export function encodeTrace(trace: RecordTrace): string {
  return `"trace":${JSON.stringify({ trace_id: trace.trace_id, span_id: trace.span_id })}`;
}

/** `"call":{…}`; nothing where nothing is said. */
export function encodeCall({
  id,
  tool,
  client,
  model,
}: { readonly [Name in keyof RecordCall]: RecordCall[Name] | undefined }): string {
  const call = JSON.stringify({ id, tool, client, model });
  return call === '{}' ? '' : `"call":${call}`;
}

/** `"db":{…}`. */
export function encodeDb(db: RecordDb): string {
  const { system, server, namespace, user } = db;
  return `"db":${JSON.stringify({ system, server: present(server), namespace: present(namespace), user: present(user) })}`;
}

/** The verdict as a JSON object. */
export function encodeVerdict(verdict: RecordVerdict): string {
  const { effect, rule, reason, approval, notes = [] } = verdict;
  const noted = notes.length === 0 ? undefined : notes;
  return JSON.stringify({ effect, rule: present(rule), reason: present(reason), approval, notes: noted });
}

/** Members of a statement that follow from its fingerprint: `"digest":…,"fingerprint":…,"operation":…,"summary":…,"tables":[…]`. */
export function encodeStatementShape(statement: AnalysedStatement): string {
  const members = {
    digest: statement.digest,
    fingerprint: present(statement.fingerprint),
    operation: present(statement.analysis.operation),
    summary: present(statement.summary),
    tables: touchedTables(statement),
  };
  return JSON.stringify(members).slice(1, -1);
}

/** Joins fragments with commas, leaving out what is undefined or empty: how `head` and `tail` of an intent are made. */
export function joinFragments(...fragments: readonly (string | undefined)[]): string {
  return fragments.filter((fragment) => fragment !== undefined && fragment !== '').join(',');
}
