// @ts-check
/** Records come from outside: any member may be anything, or nothing. */

/** @typedef {Readonly<Record<string, unknown>>} Members */

/**
 * @param {unknown} value
 * @returns {Members}
 */
export function members(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? /** @type {Members} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {readonly unknown[]}
 */
export const items = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value */
export const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);

/** @param {unknown} value */
export const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** @param {unknown} value */
export const texts = (value) => items(value).filter((item) => typeof item === 'string');

/**
 * The name of a table that a record names.
 * @param {unknown} value
 */
export function tableName(value) {
  const { schema, table } = members(value);
  return [text(schema), text(table) ?? '?'].filter((part) => part !== undefined).join('.');
}

/**
 * What a list shows of a record.
 * @param {unknown} record
 */
export function lineOf(record) {
  const root = members(record);
  const statement = members(root['statement']);
  const outcome = members(root['outcome']);
  const event = members(root['event']);
  const verdict = members(root['verdict']);
  const rule = text(verdict['rule']) ?? text(event['rule']);
  const type = text(root['type']) ?? '?';
  return {
    type,
    id: text(root['id']) ?? '',
    time: root['time'],
    agent: text(members(root['agent'])['subject']),
    task: text(members(root['task'])['id']),
    session: text(members(root['session'])['id']),
    statementNo: number(members(root['session'])['statement_no']),
    status: text(outcome['status']) ?? text(event['action']) ?? '',
    effect: text(verdict['effect']),
    rule,
    reason: text(verdict['reason']) ?? text(event['reason']) ?? text(members(outcome['error'])['message']),
    what:
      text(statement['text']) ??
      text(statement['fingerprint']) ??
      [type, text(event['action']), rule].filter(Boolean).join(' '),
    isStatement: text(statement['text']) !== undefined || text(statement['fingerprint']) !== undefined,
    rows: number(outcome['rows']) ?? number(event['rows']),
    affected: number(Number(outcome['affected'] ?? NaN)),
    durationMicros: number(outcome['duration_us']),
    masked: texts(outcome['masked']),
  };
}

/** @typedef {ReturnType<typeof lineOf>} RecordLine */
