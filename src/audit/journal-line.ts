/**
 * The kinds of line in a journal, all JSON:
 *
 *     {"define":4,"agent":{…},"task":{…},"session":{…}}      what intents of the same segment have in common
 *     {"intent":17,"head":4,"tail":2,"shape":9,"v":1,"type":"statement","id":"…","time":"…","statement_no":3,"statement":{…},"verdict":{…}}
 *     {"outcome":17,"status":"ok",…}
 *     {"v":1,"type":"session","id":"…","time":"…",…}          a whole record but for its `writer`
 *
 * The start of each is of fixed shape, so that delivery merges bytes and never parses them. An intent without `head` is whole, too.
 *
 * @module
 */

import { LineBuffer } from './line-buffer.js';
import { formatMicros } from './record-time.js';
import type { RecordType } from './record.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

/** The line that stands for a statement whose outcome was lost. */
export const unknownOutcomeLine = (ticket: number): string => `{"outcome":${ticket},"status":"unknown"}\n`;

const STATEMENT_NO = ',"statement_no":';
const STATEMENT_NO_BYTES = Buffer.from(STATEMENT_NO);
/** Not within a string: its quotes would be escaped there. */
const TRUNCATED = ',"truncated":';

/** More than the members of a statement, an outcome or an event take beside what they bring. */
const FRAME_BYTES = 512;

/** Numbers of the definitions that an intent leaves out; 0 for none. */
export interface IntentReferences {
  readonly head: number;
  readonly tail: number;
  readonly shape: number;
}

/** Adds the line of an intent without what its references stand for. */
export function writeIntent(
  line: LineBuffer,
  ticket: number,
  id: Buffer,
  intent: StatementIntent,
  { head, tail, shape }: IntentReferences,
): void {
  reserveStatement(line, intent);
  line.ascii('{"intent":');
  line.integer(ticket);
  line.ascii(',"head":');
  line.integer(head);
  line.ascii(',"tail":');
  line.integer(tail);
  line.ascii(',"shape":');
  line.integer(shape);
  line.ascii(',');
  writeStart(line, 'statement', id, intent.timeMicros);
  line.ascii(STATEMENT_NO);
  line.integer(intent.sessionStatementNo);
  writeStatement(line, intent);
  writeVerdict(line, intent);
  line.ascii('}\n');
}

/** Adds the line that defines a `head`, which leaves its session open, or a `tail` or `shape`. */
export function writeDefinition(line: LineBuffer, number: number, members: Buffer, isHead: boolean): void {
  line.reserve(FRAME_BYTES + members.length);
  line.ascii('{"define":');
  line.integer(number);
  line.ascii(',');
  line.copy(members);
  line.ascii(isHead ? '}}\n' : '}\n');
}

/** Adds intent and outcome in one line: a statement that was refused. */
export function writeRefusal(line: LineBuffer, id: Buffer, intent: StatementIntent, outcome: StatementOutcome): void {
  reserveStatement(line, intent);
  line.ascii('{');
  writeStart(line, 'statement', id, intent.timeMicros);
  writeWhole(line, intent);
  line.ascii(',"outcome":{');
  writeOutcomeMembers(line, outcome);
  line.ascii('}}\n');
}

/** Adds a record of its own of an intent, whole: what a receiver gets before the statement goes out. @param statementId - id of the statement's record */
export function writeAnnouncement(line: LineBuffer, id: Buffer, intent: StatementIntent, statementId: string): void {
  reserveStatement(line, intent);
  line.ascii('{');
  writeStart(line, 'intent', id, intent.timeMicros);
  writeWhole(line, intent);
  line.ascii(',"event":{"action":"announced","record":"');
  line.ascii(statementId);
  line.ascii('"}}\n');
}

/** The members of an intent without references, after its start. */
function writeWhole(line: LineBuffer, intent: StatementIntent): void {
  line.ascii(',');
  line.copy(intent.head);
  line.ascii(STATEMENT_NO);
  line.integer(intent.sessionStatementNo);
  line.ascii('}');
  writeMembers(line, intent.tail);
  writeStatement(line, intent);
  writeMembers(line, intent.shape);
  writeVerdict(line, intent);
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

function writeStart(line: LineBuffer, type: RecordType, id: Buffer, timeMicros: number): void {
  line.ascii('"v":1,"type":"');
  line.ascii(type);
  line.ascii('","id":"');
  line.copy(id);
  line.ascii('","time":"');
  line.copy(formatMicros(timeMicros));
  line.ascii('"');
}

function writeMembers(line: LineBuffer, members: Buffer): void {
  if (members.length === 0) return;
  line.ascii(',');
  line.copy(members);
}

function writeStatement(line: LineBuffer, intent: StatementIntent): void {
  line.ascii(',"statement":{"command":"');
  line.ascii(intent.command);
  line.ascii('","text":"');
  line.json(intent.text, intent.textStart, intent.textEnd);
  line.ascii('"');
  if (intent.parameters === undefined) return;
  line.ascii(',"parameters":');
  line.text(intent.parameters);
}

function writeVerdict(line: LineBuffer, { truncated, redacted, verdict }: StatementIntent): void {
  line.ascii(TRUNCATED);
  line.ascii(truncated ? 'true' : 'false');
  line.ascii(redacted ? ',"redacted":true},"verdict":' : '},"verdict":');
  line.copy(verdict);
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
export function writeEvent(line: LineBuffer, type: RecordType, id: Buffer, timeMicros: number, members: string): void {
  line.reserve(FRAME_BYTES + LineBuffer.textBytes(members.length));
  line.ascii('{');
  writeStart(line, type, id, timeMicros);
  if (members !== '') line.ascii(',');
  line.text(members);
  line.ascii('}\n');
}

function writeOutcomeMembers(line: LineBuffer, outcome: StatementOutcome): void {
  const { affected, masked, limited, result } = outcome;
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
  if (limited !== undefined) writeJson(line, ',"limited":', limited);
  if (result !== undefined) writeText(line, ',"result":', result);
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
  writeText(line, name, JSON.stringify(value));
}

function writeText(line: LineBuffer, name: string, json: string): void {
  line.reserve(FRAME_BYTES + LineBuffer.textBytes(json.length));
  line.ascii(name);
  line.text(json);
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const ZERO = 0x30;
const DEFINITION_START = Buffer.from('{"define":');
const INTENT_START = Buffer.from('{"intent":');
const HEAD = Buffer.from('"head":');
const TAIL = Buffer.from('"tail":');
const SHAPE = Buffer.from('"shape":');
const OUTCOME_START = Buffer.from('{"outcome":');
const RECORD_START = Buffer.from('{"v":1,"type":"');
const CHECKPOINT = Buffer.from('checkpoint"');
const AFTER_TYPE = '","id":"'.length + 36 + '","time":"'.length + 27 + '"'.length;
const MAX_TICKET_DIGITS = 15;

/** What a line is. Bytes that are none of them (a disk that lies after a power cut) are `damaged`. */
export type JournalLineKind = 'definition' | 'intent' | 'outcome' | 'record' | 'damaged';

/**
 * Takes lines apart, one after the other, without an object for each. The body is a record, or the members of an outcome, from its
 * first member, after the opening brace, to before the closing one.
 */
export class JournalLineView {
  kind: JournalLineKind = 'damaged';
  /** Of an intent or an outcome; the number of a definition. */
  ticket = 0;
  /** Of an intent: what it refers to; 0 where it is whole. */
  head = 0;
  tail = 0;
  shape = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** Of an intent or a record: where its `writer` member goes, after `time`. */
  writerAt = 0;
  /** Of a record: whether it is a checkpoint. */
  isCheckpoint = false;
  /** Of an intent with references: where its `tail` and its `shape` belong. */
  tailAt = 0;
  shapeAt = 0;

  /** Looks at the line between two positions, its newline not included. */
  read(bytes: Buffer, start: number, end: number): this {
    this.bodyEnd = end - 1;
    if (bytes[this.bodyEnd] !== CLOSING_BRACE) this.kind = 'damaged';
    else if (hasPrefix(bytes, start, end, INTENT_START)) {
      this.#numbered('intent', bytes, start + INTENT_START.length);
      this.#readReferences(bytes);
      this.#findWriter(bytes);
      if (this.head !== 0) this.#findPlaces(bytes);
    } else if (hasPrefix(bytes, start, end, OUTCOME_START))
      this.#numbered('outcome', bytes, start + OUTCOME_START.length);
    else if (hasPrefix(bytes, start, end, DEFINITION_START))
      this.#numbered('definition', bytes, start + DEFINITION_START.length);
    else if (hasPrefix(bytes, start, end, RECORD_START)) {
      this.kind = 'record';
      this.bodyStart = start + 1;
      this.isCheckpoint = hasPrefix(bytes, start + RECORD_START.length, end, CHECKPOINT);
      this.#findWriter(bytes);
    } else this.kind = 'damaged';
    return this;
  }

  #numbered(kind: JournalLineKind, bytes: Buffer, start: number): void {
    this.kind = kind;
    this.ticket = this.#number(bytes, start);
  }

  /** Reads digits and the comma behind them; the body goes on there. */
  #number(bytes: Buffer, start: number): number {
    let number = 0;
    const end = digitsEnd(bytes, start);
    for (let at = start; at < end; at += 1) number = number * 10 + (bytes[at] ?? 0) - ZERO;
    this.bodyStart = end + 1;
    if (bytes[end] !== COMMA || end === start || end - start > MAX_TICKET_DIGITS) this.kind = 'damaged';
    return number;
  }

  #readReferences(bytes: Buffer): void {
    this.head = this.#reference(bytes, HEAD);
    this.tail = this.head === 0 ? 0 : this.#reference(bytes, TAIL);
    this.shape = this.head === 0 ? 0 : this.#reference(bytes, SHAPE);
  }

  #reference(bytes: Buffer, name: Buffer): number {
    return hasPrefix(bytes, this.bodyStart, this.bodyEnd, name) ? this.#number(bytes, this.bodyStart + name.length) : 0;
  }

  #findWriter(bytes: Buffer): void {
    const typeEnd = bytes.indexOf(QUOTE, this.bodyStart + RECORD_START.length - 1);
    this.writerAt = typeEnd + AFTER_TYPE;
    if (typeEnd === -1 || this.writerAt > this.bodyEnd) this.kind = 'damaged';
  }

  #findPlaces(bytes: Buffer): void {
    this.tailAt = digitsEnd(bytes, this.writerAt + STATEMENT_NO.length);
    this.shapeAt = bytes.indexOf(TRUNCATED, this.tailAt, 'latin1');
    const isNumbered = hasPrefix(bytes, this.writerAt, this.bodyEnd, STATEMENT_NO_BYTES);
    if (!isNumbered || this.shapeAt === -1 || this.shapeAt > this.bodyEnd) this.kind = 'damaged';
  }
}

function digitsEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (let digit = (bytes[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - ZERO) at += 1;
  return at;
}

function hasPrefix(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start <= prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}

/** Whether a definition is one of a `head`: its session is closed there, and open in the line of an intent. */
export function isHeadDefinition(members: Buffer): boolean {
  return members[members.length - 1] === CLOSING_BRACE;
}

/** The position of the newline at or after a position, -1 where there is none. */
export function lineEnd(bytes: Buffer, from: number): number {
  return bytes.indexOf(NEWLINE, from);
}

/** The offset after the last newline of some bytes: what stands before it is whole lines. */
export function wholeLinesEnd(bytes: Buffer): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}
