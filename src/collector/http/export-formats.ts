import { ocsf } from '../../transports/formats/ocsf.js';
import { readIncoming } from '../ingest/incoming-record.js';

/** A form in which records leave the collector as a file. */
export interface ExportFormat {
  readonly contentType: string;
  /** The first line, where there is one. */
  readonly head?: string;
  /** One record as a line. @param json - attacker-controlled, but a record by its frame */
  line(json: string): string;
}

const COLUMNS = [
  ...[
    'time',
    'type',
    'agent',
    'actors',
    'task',
    'session',
    'server',
    'operation',
    'tables',
    'effect',
    'rules',
    'status',
    'rows',
  ],
  ...['masked', 'statement', 'id'],
] as const;

/** The forms, by their names. */
export const EXPORT_FORMATS: Readonly<Record<'jsonl' | 'csv' | 'ocsf', ExportFormat>> = {
  jsonl: { contentType: 'application/jsonl; charset=utf-8', line: (json) => json },
  csv: { contentType: 'text/csv; charset=utf-8; header=present', head: COLUMNS.join(','), line: csvLine },
  ocsf: { contentType: 'application/jsonl; charset=utf-8', line: ocsfLine },
};

function csvLine(json: string): string {
  const record = readIncoming(json);
  if (typeof record === 'string') return '';
  const tables = record.tables.map(({ schema, table }) => (schema === undefined ? table : `${schema}.${table}`));
  const lists = { actors: record.actors.join(' '), rules: record.rules.join(' '), masked: record.masked.join(' ') };
  const row: Readonly<Record<(typeof COLUMNS)[number], string | number | null>> = {
    ...record,
    ...lists,
    tables: tables.join(' '),
    statement: record.texts[0] ?? null,
  };
  return COLUMNS.map((name) => csvCell(row[name])).join(',');
}

/**
 * A cell as RFC 4180 has it. What a spreadsheet would take for a formula begins with an apostrophe: what stands in records was written by those who
 * are watched.
 */
function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // Where cells end with semicolons, one may begin within a text.
  const text = (/^[=+\-@\t\r\n|%]/.test(value) ? `'${value}` : value).replace(/([;\t])([=+\-@])/g, "$1'$2");
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

function ocsfLine(json: string): string {
  try {
    return ocsf.encode(Buffer.from(json)).toString();
  } catch {
    // A record that is one by its frame only: a Base Event that has all of it.
    const { id } = JSON.parse(json) as { id: string };
    const metadata = { version: '1.9.0', product: { name: 'Countersign', vendor_name: 'Countersign' }, uid: id };
    const event = { class_uid: 0, category_uid: 0, activity_id: 99, type_uid: 99, severity_id: 0, time: 0, metadata };
    return JSON.stringify({ ...event, unmapped: { record: json } });
  }
}
