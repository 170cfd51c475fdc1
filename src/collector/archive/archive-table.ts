import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { StoredRecord } from '../store/record-store.js';
import { wordsIn } from '../store/terms.js';

/**
 * Makes the table. Rows that came twice, because an answer was lost, are one after the next merge; until then a query takes one of them.
 * @param table - `database.table`
 */
export const archiveSchema = (table: string): string => `CREATE TABLE IF NOT EXISTS ${table} (
  collector String, position UInt64, day Date, id String, type String, time Nullable(String),
  agent Nullable(String), actor Array(String), task Nullable(String), session Nullable(String), server Nullable(String),
  operation Nullable(String), digest Nullable(String), trace Nullable(String), effect Nullable(String), status Nullable(String),
  \`table\` Array(String), written Array(String), masked Array(String), rule Array(String),
  rows UInt64, words Array(String), chars UInt64, json String
) ENGINE = ReplacingMergeTree() PARTITION BY toYYYYMM(day) ORDER BY (collector, position, id)`;

/** What versions from 20.1 on find ids and words faster by; older ones do not know it. */
export const archiveIndexes = (table: string): readonly string[] => [
  `ALTER TABLE ${table} ADD INDEX IF NOT EXISTS by_id id TYPE bloom_filter(0.001) GRANULARITY 1`,
  `ALTER TABLE ${table} ADD INDEX IF NOT EXISTS by_word words TYPE bloom_filter(0.01) GRANULARITY 1`,
];

/** A word as it is compared: without case and without accents. */
export const folded = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** A record as a row, in JSON. */
export function archiveRow(collector: string, day: string, { position }: StoredRecord, record: IncomingRecord): string {
  const { id, type, time, agent, task, session, server, operation, digest, trace, effect, status, rows, json } = record;
  const named = ({ schema, table }: IncomingRecord['tables'][number]): string[] =>
    (schema === undefined ? [table] : [table, `${schema}.${table}`]).map((name) => name.toLowerCase());
  const words = record.texts.flatMap(wordsIn).map(folded);
  const row = {
    ...{ collector, position, day, id, type, time, agent, actor: record.actors, task, session, server },
    ...{ operation, digest, trace, effect, status, rule: record.rules },
    table: record.tables.flatMap(named),
    written: record.tables.filter(({ isWritten }) => isWritten).flatMap(named),
    masked: record.masked.map((column) => column.toLowerCase()),
    ...{ rows: rows ?? 0, words: [...new Set(words)], chars: json.length, json },
  };
  return JSON.stringify(row, (_name, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value));
}

/** A text without half characters, which no UTF-8 has: as a query has it. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
