import { createHash } from 'node:crypto';

import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { RecordFilter } from './record-store.js';

/** Begins every term that is no word of a text: a control character, which no text keeps when it is indexed. */
const MARK = '\x01';
// eslint-disable-next-line no-control-regex -- it is what is looked for
const MARKS = /[\x01\0]/g;
/** Characters of a text that are indexed. */
const MAX_TEXT_CHARS = 64 * 1024;
const TERM_CHARS = 20;
/** What the index takes for a word: see `tokenize` in {@link TERMS_SCHEMA}. */
const WORD = /[\p{L}\p{N}\p{Co}_$]+\*?/gu;
const MAX_WORDS = 32;
/** Of a word that is only begun: with fewer, the index would have to look at too much of what it has. */
const MIN_PREFIX_CHARS = 3;

/**
 * The index of a partition: for each record, by its position, the terms that it is looked up by. It keeps postings only: no text, and no places
 * in it.
 */
export const TERMS_SCHEMA: string = `CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts5
  (term, content='', detail='none', columnsize=0, tokenize="unicode61 tokenchars '_$${MARK}'")`;

/** What a record can be looked up by, each with a letter of its own. */
const FIELDS = {
  type: 'y',
  agent: 'a',
  actor: 'c',
  task: 'k',
  session: 's',
  table: 't',
  written: 'w',
  masked: 'm',
  operation: 'o',
  effect: 'v',
  rule: 'r',
  status: 'u',
  server: 'h',
  digest: 'd',
  trace: 'x',
} as const;

type Field = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Field[];
const FOLDED: ReadonlySet<Field> = new Set<Field>(['table', 'written', 'masked']);

/** Of each field, so many are known before they are made again, and no long ones: anybody who sends records chooses them. */
const MAX_KNOWN = 10_000;
const MAX_KNOWN_CHARS = 256;
const known = new Map(NAMES.map((field) => [field, new Map<string, string>()]));

/** A value's own term: its length does not follow the value's, and no text holds it. */
function termOf(field: Field, value: string): string {
  const terms = known.get(field);
  const found = terms?.get(value);
  if (found !== undefined) return found;
  const key = FIELDS[field] + (FOLDED.has(field) ? value.toLowerCase() : value);
  const term = MARK + createHash('sha256').update(key).digest('hex').slice(0, TERM_CHARS);
  if (value.length > MAX_KNOWN_CHARS) return term;
  if ((terms?.size ?? 0) >= MAX_KNOWN) terms?.clear();
  terms?.set(value, term);
  return term;
}

/** Each power of ten has a term of its own: many rows are found without a look at all. */
const rowsTerm = (power: number): string => `${MARK}rows${power}`;
const MAX_POWER = 19;
const powerOf = (rows: number): number => Math.min(MAX_POWER, Math.floor(Math.log10(Math.max(1, rows))));

/** All terms of a record, as text for the index. */
export function termsOf(record: IncomingRecord): string {
  const terms: string[] = [];
  const add = (field: Field, value: string | null): void => {
    if (value !== null) terms.push(termOf(field, value));
  };
  for (const field of ['type', 'agent', 'task', 'session', 'operation', 'effect', 'status', 'server'] as const)
    add(field, record[field]);
  add('digest', record.digest);
  add('trace', record.trace);
  for (const subject of record.actors) add('actor', subject);
  for (const rule of record.rules) add('rule', rule);
  for (const column of record.masked) add('masked', column);
  for (const { schema, table, isWritten } of record.tables) {
    for (const name of schema === undefined ? [table] : [table, `${schema}.${table}`]) {
      add('table', name);
      if (isWritten) add('written', name);
    }
  }
  if (record.rows !== null && record.rows > 0) terms.push(rowsTerm(powerOf(record.rows)));
  for (const text of record.texts) terms.push(searchableText(text));
  return terms.join(' ');
}

/** What of a text is searched. */
function searchableText(text: string): string {
  return text.slice(0, MAX_TEXT_CHARS).normalize('NFC').replace(MARKS, ' ');
}

/** The words by which a text is found. */
export function wordsIn(text: string): readonly string[] {
  return (searchableText(text).match(WORD) ?? []).map((word) => word.replace('*', ''));
}

/** The index's expression for a filter; undefined where it has nothing that the index knows. */
export function matchOf(filter: RecordFilter): string | undefined {
  const all: string[] = [];
  for (const field of NAMES) {
    const value = filter[field];
    if (value !== undefined) all.push(quoted(termOf(field, value)));
  }
  for (const word of wordsOf(filter.text ?? ''))
    all.push(word.endsWith('*') ? `${quoted(word.slice(0, -1))} *` : quoted(word));
  if (filter.rows !== undefined && filter.rows > 0) {
    const powers = Array.from({ length: MAX_POWER + 1 }, (_, power) => power).slice(powerOf(filter.rows));
    all.push(`(${powers.map((power) => quoted(rowsTerm(power))).join(' OR ')})`);
  }
  return all.length === 0 ? undefined : all.join(' AND ');
}

const quoted = (term: string): string => `"${term}"`;

/** What is wrong with a text that is to be searched for; undefined where nothing is. */
export function textProblem(text: string): string | undefined {
  const words = wordsOf(text);
  if (words.length === 0) return 'must have a word in it';
  const begun = words.filter((word) => word.endsWith('*'));
  if (begun.length > 1) return 'must have no more than one word with a *';
  const isShort = begun.some((word) => [...word].length - 1 < MIN_PREFIX_CHARS);
  return isShort ? `must have at least ${MIN_PREFIX_CHARS} characters before the *` : undefined;
}

/** The words of a text that is searched for: at most 32. A text without any finds nothing by itself. */
export function wordsOf(text: string): readonly string[] {
  return (text.normalize('NFC').replace(MARKS, ' ').match(WORD) ?? []).slice(0, MAX_WORDS);
}
