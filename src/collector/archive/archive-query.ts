import type { RecordFilter, RecordQuery } from '../store/record-store.js';
import { wordsOf } from '../store/terms.js';
import { folded } from './archive-table.js';
import { literal } from './clickhouse.js';

const EQUAL = [
  'type',
  'agent',
  'task',
  'session',
  'operation',
  'effect',
  'status',
  'server',
  'digest',
  'trace',
] as const;
const LISTED = ['actor', 'rule'] as const;
const FOLDED = ['table', 'written', 'masked'] as const;

/** What rows have to be like, as conditions. */
export function conditionsOf(filter: RecordFilter): readonly string[] {
  const all: string[] = [];
  for (const name of EQUAL) {
    const value = filter[name];
    if (value !== undefined) all.push(`${name} = ${literal(value)}`);
  }
  for (const name of LISTED) {
    const value = filter[name];
    if (value !== undefined) all.push(`has(${name}, ${literal(value)})`);
  }
  for (const name of FOLDED) {
    const value = filter[name];
    if (value !== undefined) all.push(`has(\`${name}\`, ${literal(value.toLowerCase())})`);
  }
  for (const word of wordsOf(filter.text ?? '').map(folded))
    all.push(
      word.endsWith('*')
        ? `arrayExists(word -> startsWith(word, ${literal(word.slice(0, -1))}), words)`
        : `has(words, ${literal(word)})`,
    );
  const { since, until, rows } = filter;
  if (since !== undefined) all.push(`time >= ${literal(since)}`);
  if (until !== undefined) all.push(`time < ${literal(until)}`);
  if (rows !== undefined && rows > 0) all.push(`rows >= ${rows}`);
  return all;
}

/**
 * Asks where the records of a collector are that fit, before a position, and how long they are: each is longer than all else of its row.
 * @param before - position of the first record that is not looked for
 */
export function archivePositions(table: string, collector: string, query: RecordQuery, before: number): string {
  const { order, limit, after } = query;
  const last = order === 'desc' && after !== undefined ? Math.min(before, after) : before;
  const where = [
    ...[`collector = ${literal(collector)}`, `position < ${last}`],
    ...(order === 'asc' && after !== undefined ? [`position > ${after}`] : []),
    ...conditionsOf(query),
  ].join(' AND ');
  return `SELECT position, any(chars) AS chars FROM ${table} WHERE ${where} GROUP BY position ORDER BY position ${order} LIMIT ${limit}`;
}

/** Asks for the records of some positions. */
export function archiveRecords(
  table: string,
  collector: string,
  positions: readonly number[],
  order: 'asc' | 'desc',
): string {
  const where = `collector = ${literal(collector)} AND position IN (${positions.join(', ')})`;
  return `SELECT position, any(json) AS json FROM ${table} WHERE ${where} GROUP BY position ORDER BY position ${order}`;
}

/** Asks for the first position that there is; 0 where there is none. */
export function archiveFirst(table: string, collector: string): string {
  return `SELECT min(position) AS first FROM ${table} WHERE collector = ${literal(collector)}`;
}

/** Asks for the record of an id. */
export function archiveFind(table: string, collector: string, id: string): string {
  return `SELECT position, json, toString(day) AS day FROM ${table} WHERE collector = ${literal(collector)} AND id = ${literal(id)} LIMIT 1`;
}
