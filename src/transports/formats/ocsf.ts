import { hash } from 'node:crypto';

import { activityOf } from './ocsf-activity.js';
import { controlOf } from './ocsf-control.js';
import {
  actorOf,
  aiAgentOf,
  attestationOf,
  databaseOf,
  metadataOf,
  serverOf,
  sourceOf,
  tableOf,
  userOf,
} from './ocsf-objects.js';
import {
  actionOf,
  isRefused,
  messageTextOf,
  parseRecord,
  reasonOf,
  successOf,
  type ParsedRecord,
} from './parsed-record.js';
import type { RecordFormat } from './record-format.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * OCSF 1.9. Statements are Datastore Activity (6005), sessions and identities Authentication (3002), all else Base Event; with the
 * profiles `security_control`, `ai_operation` and `record_integrity`. What OCSF has no member for stands under `unmapped`.
 * @see https://schema.ocsf.io/1.9.0/classes/datastore_activity
 */
export const ocsf: RecordFormat = {
  name: 'ocsf',
  contentType: 'application/json',
  encode(record) {
    const parsed = parseRecord(record);
    const activity = activityOf(parsed);
    const control = controlOf(parsed);
    const members = activity.class_uid === 0 ? {} : membersOf(parsed);
    const profiles = ['record_integrity'];
    if (control !== undefined) profiles.push('security_control');
    if (members['ai_agent'] !== undefined) profiles.push('ai_operation');
    const event = {
      ...activity,
      ...control,
      ...members,
      ...resultOf(parsed),
      time: Date.parse(parsed.time) || 0,
      metadata: metadataOf(parsed, profiles),
      attestation_list: [attestationOf(parsed, hash('sha256', record, 'base64url'))],
      unmapped: unmappedOf(parsed),
    };
    return Buffer.from(JSON.stringify(event));
  },
};

function membersOf(record: ParsedRecord): Members {
  const ends = { actor: actorOf(record), src_endpoint: sourceOf(record), dst_endpoint: serverOf(record) };
  const ai_agent = aiAgentOf(record);
  return record.type === 'statement'
    ? { ...ends, ai_agent, ...datastoreOf(record) }
    : { ...ends, ai_agent, ...loginOf(record) };
}

function datastoreOf(record: ParsedRecord): Members {
  const { statement, outcome } = record;
  return {
    type_id: 1,
    type: 'Database',
    database: databaseOf(record),
    table: tableOf(record),
    query_info: statement && {
      name: actionOf(record),
      uid: statement.digest,
      query_string: statement.text,
      bytes: outcome?.bytes,
    },
  };
}

function loginOf(record: ParsedRecord): Members {
  const { agent, session } = record;
  return {
    user: userOf(record),
    session: session && { uid: session.id, issuer: agent?.issuer },
    auth_protocol_id: 4,
    auth_protocol: 'OpenID',
  };
}

const STATUSES = {
  success: { status_id: 1, status: 'Success' },
  failure: { status_id: 2, status: 'Failure' },
  unknown: { status_id: 0, status: 'Unknown' },
};

function resultOf(record: ParsedRecord): Members {
  const { outcome } = record;
  const code = outcome?.error?.code;
  return {
    ...severityOf(record),
    ...STATUSES[successOf(record)],
    status_code: code === undefined ? undefined : String(code),
    status_detail: reasonOf(record),
    message: messageTextOf(record),
  };
}

function severityOf(record: ParsedRecord): Members {
  if (isRefused(record)) return { severity_id: 3, severity: 'Medium' };
  if (successOf(record) === 'success') return { severity_id: 1, severity: 'Informational' };
  return { severity_id: 2, severity: 'Low' };
}

/** The record, less the text of its statement, which is the longest member and stands in `query_info`. */
function unmappedOf({ statement, ...record }: ParsedRecord): Members {
  return { countersign: { ...record, statement: statement && { ...statement, text: undefined } } };
}
