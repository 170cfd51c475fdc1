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

import { LineBuffer } from './line-buffer.js';
import { formatMicros } from './record-time.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

/** The line that stands for a statement whose outcome was lost. */
export const unknownOutcomeLine = (ticket: number): string => `{"outcome":${ticket},"status":"unknown"}\n`;

/** More than the members of a statement, an outcome or an event take beside what they bring. */
const FRAME_BYTES = 512;

/** Adds the line of an intent. */
export function writeIntent(line: LineBuffer, ticket: number, id: Buffer, intent: StatementIntent): void {
  reserveStatement(line, intent);
  line.ascii('{"intent":');
  line.integer(ticket);
  line.ascii(',');
  writeStatement(line, id, intent);
  line.ascii('}\n');
}

/** Adds intent and outcome in one line: a statement that was refused. */
export function writeRefusal(line: LineBuffer, id: Buffer, intent: StatementIntent, outcome: StatementOutcome): void {
  reserveStatement(line, intent);
  line.ascii('{');
  writeStatement(line, id, intent);
  line.ascii(',"outcome":{');
  writeOutcomeMembers(line, outcome);
  line.ascii('}}\n');
}

function reserveStatement(line: LineBuffer, intent: StatementIntent): void {
  const { head, tail, command, parameters, shape, verdict } = intent;
  line.reserve(
    FRAME_BYTES +
      head.length +
      tail.length +
      command.length +
      LineBuffer.jsonBytes(intent.textEnd - intent.textStart) +
      LineBuffer.textBytes(parameters?.length ?? 0) +
      shape.length +
      verdict.length,
  );
}

function writeStatement(line: LineBuffer, id: Buffer, intent: StatementIntent): void {
  const { parameters, shape, tail } = intent;
  line.ascii('"v":1,"type":"statement","id":"');
  line.copy(id);
  line.ascii('","time":"');
  line.copy(formatMicros(intent.timeMicros));
  line.ascii('",');
  line.copy(intent.head);
  line.ascii(',"statement_no":');
  line.integer(intent.sessionStatementNo);
  line.ascii('}');
  if (tail.length > 0) {
    line.ascii(',');
    line.copy(tail);
  }
  line.ascii(',"statement":{"command":"');
  line.ascii(intent.command);
  line.ascii('","text":"');
  line.json(intent.text, intent.textStart, intent.textEnd);
  line.ascii('"');
  if (parameters !== undefined) {
    line.ascii(',"parameters":');
    line.text(parameters);
  }
  if (shape.length > 0) {
    line.ascii(',');
    line.copy(shape);
  }
  line.ascii(intent.truncated ? ',"truncated":true},"verdict":' : ',"truncated":false},"verdict":');
  line.copy(intent.verdict);
}

/** Adds the line of an outcome. */
export function writeOutcome(line: LineBuffer, ticket: number, outcome: StatementOutcome): void {
  line.reserve(FRAME_BYTES);
  line.ascii('{"outcome":');
  line.integer(ticket);
  line.ascii(',');
  writeOutcomeMembers(line, outcome);
  line.ascii('}\n');
}

/** Adds a record of another type; `members` is JSON without braces, and may be empty. */
export function writeEvent(line: LineBuffer, type: string, id: Buffer, timeMicros: number, members: string): void {
  line.reserve(FRAME_BYTES + LineBuffer.textBytes(members.length));
  line.ascii('{"v":1,"type":"');
  line.ascii(type);
  line.ascii('","id":"');
  line.copy(id);
  line.ascii('","time":"');
  line.copy(formatMicros(timeMicros));
  line.ascii(members === '' ? '"' : '",');
  line.text(members);
  line.ascii('}\n');
}

function writeOutcomeMembers(line: LineBuffer, outcome: StatementOutcome): void {
  const { affected, masked } = outcome;
  line.ascii('"status":"');
  line.ascii(outcome.status);
  line.ascii('"');
  if (outcome.errorCode !== undefined || outcome.errorMessage !== undefined) writeError(line, outcome);
  writeCount(line, ',"rows":', outcome.rows);
  if (typeof affected === 'string') {
    line.ascii(',"affected":"');
    line.ascii(affected);
    line.ascii('"');
  } else writeCount(line, ',"affected":', affected);
  writeCount(line, ',"bytes":', outcome.bytes);
  writeCount(line, ',"duration_us":', outcome.durationMicros);
  if (masked !== undefined && masked.length > 0) writeJson(line, ',"masked":', masked);
}

function writeCount(line: LineBuffer, name: string, count: number | undefined): void {
  if (count === undefined) return;
  line.ascii(name);
  line.integer(count);
}

function writeError(line: LineBuffer, { errorCode, errorSqlState, errorMessage }: StatementOutcome): void {
  writeJson(line, ',"error":', { code: errorCode, sqlstate: errorSqlState, message: errorMessage });
}

function writeJson(line: LineBuffer, name: string, value: unknown): void {
  const json = JSON.stringify(value);
  line.reserve(FRAME_BYTES + LineBuffer.textBytes(json.length));
  line.ascii(name);
  line.text(json);
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const ZERO = 0x30;
const INTENT_START = Buffer.from('{"intent":');
const OUTCOME_START = Buffer.from('{"outcome":');
const RECORD_START = Buffer.from('{"v":1,"type":"');
const AFTER_TYPE = '","id":"'.length + 36 + '","time":"'.length + 27 + '"'.length;
const MAX_TICKET_DIGITS = 15;

/** What a line is. Bytes that are none of the three kinds (a disk that lies after a power cut) are `damaged`. */
export type JournalLineKind = 'intent' | 'outcome' | 'record' | 'damaged';

/**
 * Takes lines apart, one after the other, without an object for each. The body is a record, or the members of an outcome, from its
 * first member, after the opening brace, to before the closing one.
 */
export class JournalLineView {
  kind: JournalLineKind = 'damaged';
  /** Of an intent or an outcome. */
  ticket = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** Of an intent or a record: where its `writer` member goes, after `time`. */
  writerAt = 0;

  /** Looks at the line between two positions, its newline not included. */
  read(bytes: Buffer, start: number, end: number): this {
    this.bodyEnd = end - 1;
    if (bytes[this.bodyEnd] !== CLOSING_BRACE) this.kind = 'damaged';
    else if (hasPrefix(bytes, start, end, INTENT_START)) {
      this.#numbered('intent', bytes, start + INTENT_START.length);
      this.#findWriter(bytes);
    } else if (hasPrefix(bytes, start, end, OUTCOME_START))
      this.#numbered('outcome', bytes, start + OUTCOME_START.length);
    else if (hasPrefix(bytes, start, end, RECORD_START)) {
      this.kind = 'record';
      this.bodyStart = start + 1;
      this.#findWriter(bytes);
    } else this.kind = 'damaged';
    return this;
  }

  #numbered(kind: JournalLineKind, bytes: Buffer, start: number): void {
    let ticket = 0;
    let at = start;
    for (let digit = digitAt(bytes, at); digit >= 0 && digit <= 9; digit = digitAt(bytes, ++at))
      ticket = ticket * 10 + digit;
    this.ticket = ticket;
    this.bodyStart = at + 1;
    this.kind = bytes[at] === COMMA && at > start && at - start <= MAX_TICKET_DIGITS ? kind : 'damaged';
  }

  #findWriter(bytes: Buffer): void {
    const typeEnd = bytes.indexOf(QUOTE, this.bodyStart + RECORD_START.length - 1);
    this.writerAt = typeEnd + AFTER_TYPE;
    if (typeEnd === -1 || this.writerAt > this.bodyEnd) this.kind = 'damaged';
  }
}

const digitAt = (bytes: Buffer, at: number): number => (bytes[at] ?? 0) - ZERO;

function hasPrefix(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start <= prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}

/** The position of the newline at or after a position, -1 where there is none. */
export function lineEnd(bytes: Buffer, from: number): number {
  return bytes.indexOf(NEWLINE, from);
}

/** The offset after the last newline of some bytes: what stands before it is whole lines. */
export function wholeLinesEnd(bytes: Buffer): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}
