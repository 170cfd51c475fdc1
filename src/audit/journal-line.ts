/**
 * The three kinds of line in a journal, all JSON:
 *
 *     {"intent":17,"v":1,"type":"statement","id":"…","time":"…",…,"verdict":{…}}
 *     {"outcome":17,"status":"ok",…}
 *     {"v":1,"type":"session","id":"…","time":"…",…}          a whole record but for its `writer`
 *
 * The start of each is of fixed shape, so that delivery merges bytes and never parses them.
 *
 * @module
 */

import { formatMicros } from './record-time.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

/** The line that stands for a statement whose outcome was lost. */
export const unknownOutcomeLine = (ticket: number): string => `{"outcome":${ticket},"status":"unknown"}\n`;

const statementMembers = (id: string, intent: StatementIntent): string =>
  `"v":1,"type":"statement","id":"${id}","time":"${formatMicros(intent.timeMicros)}",${intent.head},"statement_no":${intent.sessionStatementNo}}` +
  `${intent.tail === '' ? '' : ','}${intent.tail},"statement":{"command":"${intent.command}","text":${JSON.stringify(intent.text)}` +
  `${intent.parameters === undefined ? '' : `,"parameters":${intent.parameters}`}${intent.shape === '' ? '' : ','}${intent.shape}` +
  `,"truncated":${intent.truncated ? 'true' : 'false'}},"verdict":${intent.verdict}`;

/** The line of an intent. */
export function intentLine(ticket: number, id: string, intent: StatementIntent): string {
  return `{"intent":${ticket},${statementMembers(id, intent)}}\n`;
}

/** The line of an outcome. */
export function outcomeLine(ticket: number, outcome: StatementOutcome): string {
  return `{"outcome":${ticket},${outcomeMembers(outcome)}}\n`;
}

/** Intent and outcome in one line: a statement that was refused. */
export function refusalLine(id: string, intent: StatementIntent, outcome: StatementOutcome): string {
  return `{${statementMembers(id, intent)},"outcome":{${outcomeMembers(outcome)}}}\n`;
}

/** A record of another type; `members` is JSON without braces, and may be empty. */
export function eventLine(type: string, id: string, timeMicros: number, members: string): string {
  return `{"v":1,"type":"${type}","id":"${id}","time":"${formatMicros(timeMicros)}"${members === '' ? '' : ','}${members}}\n`;
}

function outcomeMembers(outcome: StatementOutcome): string {
  let json = `"status":"${outcome.status}"`;
  if (outcome.errorCode !== undefined || outcome.errorMessage !== undefined) json += errorMember(outcome);
  if (outcome.rows !== undefined) json += `,"rows":${outcome.rows}`;
  const { affected } = outcome;
  if (affected !== undefined)
    json += typeof affected === 'number' ? `,"affected":${affected}` : `,"affected":"${affected}"`;
  if (outcome.bytes !== undefined) json += `,"bytes":${outcome.bytes}`;
  json += `,"duration_us":${outcome.durationMicros}`;
  if (outcome.masked !== undefined && outcome.masked.length > 0) json += `,"masked":${JSON.stringify(outcome.masked)}`;
  return json;
}

function errorMember(outcome: StatementOutcome): string {
  const error = { code: outcome.errorCode, sqlstate: outcome.errorSqlState, message: outcome.errorMessage };
  return `,"error":${JSON.stringify(error)}`;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const INTENT_START = '{"intent":';
const OUTCOME_START = '{"outcome":';
const RECORD_START = '{"v":1,"type":"';
const AFTER_TYPE = '","id":"'.length + 36 + '","time":"'.length + 27 + '"'.length;

/** A line taken apart, without its newline. Positions are within the line. */
export type JournalLine =
  | { readonly kind: 'intent'; readonly ticket: number; readonly record: Buffer }
  | { readonly kind: 'outcome'; readonly ticket: number; readonly members: Buffer }
  | { readonly kind: 'record'; readonly record: Buffer }
  | { readonly kind: 'damaged'; readonly line: Buffer };

/**
 * Takes a line apart. `record` begins at its first member, without the opening brace, and ends before the closing one; so do the
 * `members` of an outcome. Bytes that are none of the three kinds (a disk that lies after a power cut) are `damaged`.
 */
export function parseJournalLine(line: Buffer): JournalLine {
  const end = line.length - 1;
  if (line[end] === CLOSING_BRACE) {
    if (line.toString('latin1', 0, INTENT_START.length) === INTENT_START) {
      const comma = line.indexOf(COMMA, INTENT_START.length);
      const ticket = ticketOf(line, INTENT_START.length, comma);
      if (ticket > 0) return { kind: 'intent', ticket, record: line.subarray(comma + 1, end) };
    } else if (line.toString('latin1', 0, OUTCOME_START.length) === OUTCOME_START) {
      const comma = line.indexOf(COMMA, OUTCOME_START.length);
      const ticket = ticketOf(line, OUTCOME_START.length, comma);
      if (ticket > 0) return { kind: 'outcome', ticket, members: line.subarray(comma + 1, end) };
    } else if (line.toString('latin1', 0, RECORD_START.length) === RECORD_START) {
      return { kind: 'record', record: line.subarray(1, end) };
    }
  }
  return { kind: 'damaged', line };
}

function ticketOf(line: Buffer, start: number, comma: number): number {
  const ticket = comma > start ? Number(line.toString('latin1', start, comma)) : 0;
  return Number.isSafeInteger(ticket) ? ticket : 0;
}

/** Where the `writer` member goes in a record without braces: after `time`. */
export function writerPosition(record: Buffer): number {
  return record.indexOf(QUOTE, RECORD_START.length - 1) + AFTER_TYPE;
}

/** The offset after the last newline of some bytes: what stands before it is whole lines. */
export function wholeLinesEnd(bytes: Buffer): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}

/** Calls back for each whole line, without its newline, with the offset after it. Stops when told `false`. */
export function eachLine(bytes: Buffer, onLine: (line: Buffer, nextOffset: number) => boolean): void {
  let start = 0;
  for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, start)) {
    const line = bytes.subarray(start, newline);
    start = newline + 1;
    if (!onLine(line, start)) return;
  }
}
