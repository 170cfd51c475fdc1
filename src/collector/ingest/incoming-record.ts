/** A table that a record names. */
export interface IncomingTable {
  readonly schema: string | undefined;
  readonly table: string;
  readonly isWritten: boolean;
}

/** A record as it came, with what it is looked up by. */
export interface IncomingRecord {
  readonly id: string;
  readonly type: string;
  /** RFC 3339 in UTC with six digits of a second; null where it is anything else. */
  readonly time: string | null;
  readonly agent: string | null;
  /** The agent's subject and those of its chain of delegation. */
  readonly actors: readonly string[];
  readonly task: string | null;
  readonly session: string | null;
  /** Database server. */
  readonly server: string | null;
  readonly operation: string | null;
  readonly digest: string | null;
  readonly trace: string | null;
  readonly tables: readonly IncomingTable[];
  readonly masked: readonly string[];
  readonly effect: string | null;
  /** Those that decided, and those that are noted. */
  readonly rules: readonly string[];
  readonly status: string | null;
  /** Returned, or changed: the larger number. */
  readonly rows: number | null;
  /** What is searched for words: the statement, its parameters, the error, the reason. */
  readonly texts: readonly string[];
  readonly writerId: string | null;
  readonly writerSeq: number | null;
  /** The bytes as they came. */
  readonly json: string;
}

type Members = Readonly<Record<string, unknown>>;

const MAX_ID_CHARS = 128;
/** As records write their times, so that the texts compare as the times do. */
export const RECORD_TIME: RegExp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
/** Of a list that somebody else wrote, so many are looked at. */
const MAX_ITEMS = 256;

/**
 * Reads one record. Only its frame is required (`v`, `type`, `id`): what a newer writer adds is kept.
 * @param json - attacker-controlled
 * @returns the record, or what is wrong with it
 */
export function readIncoming(json: string): IncomingRecord | string {
  // A record that is written on several lines could pass for several where lines are read.
  if (/[\r\n]/.test(json)) return 'must have no line breaks but escaped ones';
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  try {
    return readMembers(value, json);
  } catch {
    return 'cannot be read: it is too deep';
  }
}

function readMembers(value: unknown, json: string): IncomingRecord | string {
  const record = membersOf(value);
  const { v, type, id } = record;
  if (v !== 1) return 'v: must be 1';
  if (typeof type !== 'string' || type === '') return 'type: must be a string';
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS)
    return `id: must be a string of at most ${MAX_ID_CHARS} characters`;
  return fieldsOf(record, { id, type, json });
}

type Frame = Pick<IncomingRecord, 'id' | 'type' | 'json'>;

/** One literal: putting objects together costs as much as all that is read from them. */
function fieldsOf(record: Members, { id, type, json }: Frame): IncomingRecord {
  const { time } = record;
  const [agent, writer, statement] = [
    membersOf(record['agent']),
    membersOf(record['writer']),
    membersOf(record['statement']),
  ];
  const [verdict, outcome, event] = [
    membersOf(record['verdict']),
    membersOf(record['outcome']),
    membersOf(record['event']),
  ];
  return {
    id,
    type,
    time: typeof time === 'string' && RECORD_TIME.test(time) ? time : null,
    agent: textOf(agent['subject']),
    actors: textsOf([agent['subject'], ...itemsOf(agent['actor'])]),
    task: textOf(membersOf(record['task'])['id']),
    session: textOf(membersOf(record['session'])['id']),
    server: textOf(membersOf(record['db'])['server']),
    operation: textOf(statement['operation']),
    digest: textOf(statement['digest']),
    trace: textOf(membersOf(record['trace'])['trace_id']),
    tables: tablesOf(statement['tables']),
    masked: textsOf([...itemsOf(outcome['masked']), ...itemsOf(event['masked'])]),
    effect: textOf(verdict['effect']),
    rules: rulesOf(verdict, event),
    status: textOf(outcome['status']),
    rows:
      Math.max(
        countOf(outcome['rows']),
        countOf(outcome['affected']),
        countOf(event['rows']),
        countOf(event['affected']),
      ) || null,
    texts: wordsOf(statement, verdict, outcome, event),
    // What writers have is remembered by their ids.
    writerId: typeof writer['id'] === 'string' && writer['id'].length <= MAX_ID_CHARS ? writer['id'] : null,
    writerSeq: Number.isSafeInteger(writer['seq']) ? (writer['seq'] as number) : null,
    json,
  };
}

function rulesOf(verdict: Members, event: Members): readonly string[] {
  return textsOf([verdict['rule'], event['rule'], ...itemsOf(verdict['notes']).map((note) => membersOf(note)['rule'])]);
}

/** The statement, its parameters, the error, the reason. */
function wordsOf(statement: Members, verdict: Members, outcome: Members, event: Members): readonly string[] {
  const values = itemsOf(statement['parameters']);
  return textsOf([
    statement['text'] ?? statement['fingerprint'],
    membersOf(outcome['error'])['message'],
    verdict['reason'],
    event['reason'],
    values.length > 0 ? JSON.stringify(values) : undefined,
  ]);
}

function tablesOf(value: unknown): readonly IncomingTable[] {
  return itemsOf(value).flatMap(readTable);
}

function readTable(value: unknown): IncomingTable[] {
  const { schema, table, access } = membersOf(value);
  if (typeof table !== 'string') return [];
  return [{ schema: typeof schema === 'string' ? schema : undefined, table, isWritten: access === 'write' }];
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** A number of rows, which may stand as text; 0 for what is none. */
function countOf(value: unknown): number {
  if (typeof value !== 'number' && typeof value !== 'string') return 0;
  const count = Math.trunc(Number(value));
  return count > 0 ? Math.min(count, Number.MAX_SAFE_INTEGER) : 0;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MAX_ITEMS) : []);
const textsOf = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string');
