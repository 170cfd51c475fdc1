import type { RecordTable } from '../../audit/index.js';
import { parseAddress } from './address.js';
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

type Extension = Readonly<Record<string, string | number | undefined>>;

/**
 * ArcSight Common Event Format, version 0: a line of text. Half of a surrogate pair becomes U+FFFD. The text of a statement is not cut:
 * `cs1` of some receivers holds 4,000 characters.
 * @see https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.3/cef-implementation-standard/
 */
export const cef: RecordFormat = {
  name: 'cef',
  contentType: 'text/plain; charset=utf-8',
  encode(record) {
    const parsed = parseRecord(record);
    const header = [
      'CEF:0',
      'Countersign',
      'Countersign',
      String(parsed.v),
      signatureOf(parsed),
      messageTextOf(parsed),
    ];
    const extension = Object.entries(extensionOf(parsed)).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [`${key}=${escapeValue(String(value))}`],
    );
    return Buffer.from([...header.map(escapeHeader), severityOf(parsed), extension.join(' ')].join('|'));
  },
};

/** Class of the event: its type, with the operation or the action. */
function signatureOf(record: ParsedRecord): string {
  return record.type === 'statement' ? `statement ${actionOf(record)}` : actionOf(record);
}

/** 0 to 10. */
function severityOf(record: ParsedRecord): number {
  if (isRefused(record)) return 6;
  return successOf(record) === 'success' ? 2 : 4;
}

function extensionOf(record: ParsedRecord): Extension {
  return { ...peopleAndPlaces(record), ...eventMembers(record), ...statementMembers(record) };
}

function peopleAndPlaces({ agent, session, db }: ParsedRecord): Extension {
  const client = parseAddress(session?.client);
  const server = parseAddress(db?.server);
  return {
    suid: agent?.subject,
    suser: agent?.name,
    src: client?.ip,
    shost: client?.ip === undefined ? client?.host : undefined,
    spt: client?.port,
    dst: server?.ip,
    dhost: server?.ip === undefined ? server?.host : undefined,
    dpt: server?.port,
    duser: db?.user,
    app: db?.system,
  };
}

function eventMembers(record: ParsedRecord): Extension {
  const { id, time, type, writer, verdict, task, session } = record;
  const at = Date.parse(time);
  return {
    rt: Number.isNaN(at) ? undefined : at,
    externalId: id,
    cat: type,
    act: verdict?.effect,
    outcome: successOf(record),
    reason: reasonOf(record),
    deviceExternalId: writer.id,
    ...labelled('cs2', 'rule', verdict?.rule),
    ...labelled('cs3', 'task', task?.id),
    ...labelled('cs6', 'session', session?.id),
    ...labelled('flexString1', 'prev', writer.prev),
    ...labelled('flexNumber1', 'seq', writer.seq),
  };
}

function statementMembers({ statement, outcome, db }: ParsedRecord): Extension {
  const tables = statement?.tables?.map(nameOf).join(', ');
  return {
    ...labelled('cs1', 'statement', statement?.text),
    ...labelled('cs4', 'tables', tables),
    ...labelled('cs5', 'digest', statement?.digest),
    ...labelled('cn1', 'rows', outcome?.rows),
    ...labelled('cn2', 'affected', outcome?.affected),
    ...labelled('cn3', 'durationMicros', outcome?.duration_us),
    ...labelled('flexString2', 'namespace', db?.namespace),
  };
}

function nameOf({ schema, table }: RecordTable): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/** A custom member with the label that says what it is. */
function labelled(key: string, label: string, value: string | number | undefined): Extension {
  return value === undefined || value === '' ? {} : { [key]: value, [`${key}Label`]: label };
}

/** A header has no newlines. */
function escapeHeader(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

function escapeValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
}
