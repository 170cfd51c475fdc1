import { Lexer } from '../lexer/lexer.js';
import { problems } from '../lexer/problem.js';
import {
  TOKEN_CLOSE,
  TOKEN_COMMA,
  TOKEN_DOT,
  TOKEN_END,
  TOKEN_NUMBER,
  TOKEN_OPEN,
  TOKEN_OPERATOR,
  TOKEN_PROBLEM,
  TOKEN_QUOTED,
  TOKEN_SEMICOLON,
  TOKEN_STRING,
  TOKEN_VARIABLE,
  TOKEN_WORD,
} from '../lexer/token-kind.js';
import { ListFolder } from './list-folder.js';
import { OrderList } from './order-list.js';
import { writeName, writeString } from './quoted-copy.js';
import type { ReadingRules } from './reading-rules.js';
import { RowFolder } from './row-folder.js';
import { STATEMENT_SEPARATOR } from './separator.js';
import { StatementShape } from './statement-shape.js';
import { isNullish, isWord, mayRunComments } from './word-match.js';

const BLANK = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const QUESTION = 0x3f;
const SEMICOLON = 0x3b;
const BACKTICK = 0x60;
const HASH = 0x23;
const AT = 0x40;

const WORD_OTHER = 0;
const WORD_IN = 1;
const WORD_VALUES = 2;

/** Bytes in front of the canonical text. */
export const KEY_PREFIX = 4;

/**
 * Writes the canonical text of SQL into a buffer of its own that is used again and again: literals as `?`, lists and rows of
 * literals folded, no comments, least white space, quoted identifiers in backticks, case as written. It can be read back without
 * knowing sql_mode: a function's name that the server reads as a name, because it is apart from its parenthesis, is in backticks too. In SET, literals stay: numbers behind `#`, strings in plain quotes that double. So do the numbers that name columns behind ORDER BY and GROUP BY.
 */
export class CanonicalWriter {
  /** Behind the last byte written. */
  length = 0;
  readonly buffer: Buffer;
  /** Where each separating semicolon stands in the source. */
  readonly semicolons: number[] = [];
  /** Where the last statement ends in the source: the trailing semicolon or the end. */
  lastEnd = 0;
  readonly #limit: number;
  readonly #lexer = new Lexer();
  readonly #list = new ListFolder();
  readonly #rows = new RowFolder();
  readonly #order = new OrderList();
  readonly #shape = new StatementShape();
  #bytes: Uint8Array = new Uint8Array(0);
  #rules: ReadingRules | undefined;
  #depth = 0;
  #previous = TOKEN_SEMICOLON;
  #word = WORD_OTHER;
  #openedBehindIn = false;
  #signAt = -1;
  #beforeSign = TOKEN_END;
  #nullishEnd = -1;
  // Where the last word stands in the source, and where its copy begins.
  #wordStart = 0;
  #wordStop = 0;
  #wordFrom = 0;

  /** @param maxBytes the most bytes of canonical text */
  constructor(maxBytes: number) {
    this.#limit = maxBytes + KEY_PREFIX;
    this.buffer = Buffer.alloc(this.#limit + 8);
  }

  /**
   * Writes the canonical text of `bytes` from `start` to `end`.
   * @returns why it could not be written in whole; undefined where it was
   */
  write(bytes: Uint8Array, start: number, end: number, rules: ReadingRules): string | undefined {
    this.#begin(bytes, rules, end);
    const lexer = this.#lexer;
    lexer.open(bytes, start, end, rules.mode, rules.dollarQuotes, rules.comments);
    for (;;) {
      const kind = lexer.next();
      if (kind === TOKEN_END) break;
      if (kind === TOKEN_PROBLEM) return lexer.problem;
      // A literal becomes one byte. What is written anew with its quotes doubled may grow to twice its length.
      const isFolded = (kind === TOKEN_STRING || kind === TOKEN_NUMBER) && !this.#shape.keepsLiterals;
      const room = isFolded ? 4 : (lexer.stop - lexer.start) * 2 + 4;
      if (this.length + room > this.#limit) return problems.tooLong;
      if (!this.#token(kind, lexer.start, lexer.stop)) return problems.control;
    }
    this.#finish();
    if (!lexer.ranComment) return undefined;
    const mayRun = this.semicolons.length === 0 && mayRunComments(this.buffer, KEY_PREFIX, this.length);
    return mayRun ? undefined : problems.versionedComment;
  }

  #begin(bytes: Uint8Array, rules: ReadingRules, end: number): void {
    this.buffer.writeUInt32LE(rules.id, 0);
    this.#rules = rules;
    this.length = KEY_PREFIX;
    this.lastEnd = end;
    this.semicolons.length = 0;
    this.#bytes = bytes;
    this.#beginStatement();
  }

  #beginStatement(): void {
    this.#list.reset();
    this.#rows.reset();
    this.#order.reset();
    this.#shape.reset();
    this.#depth = 0;
    this.#previous = TOKEN_SEMICOLON;
    this.#word = WORD_OTHER;
    this.#openedBehindIn = false;
    this.#signAt = -1;
    this.#nullishEnd = -1;
  }

  // The server takes semicolons off the end of a text.
  #finish(): void {
    while (this.length > KEY_PREFIX) {
      const last = this.buffer[this.length - 1];
      if (last === STATEMENT_SEPARATOR) this.lastEnd = this.semicolons.pop() ?? this.lastEnd;
      else if (last !== SEMICOLON) return;
      this.length -= 1;
    }
  }

  #token(kind: number, start: number, stop: number): boolean {
    switch (kind) {
      case TOKEN_WORD:
        this.#writeWord(start, stop);
        break;
      case TOKEN_QUOTED:
        this.#separate();
        this.length = writeName(this.#bytes, start, stop, this.buffer, this.length);
        this.#other();
        break;
      case TOKEN_OPEN:
        this.#open(start);
        break;
      case TOKEN_CLOSE:
        this.#close();
        break;
      case TOKEN_COMMA:
        this.#comma();
        break;
      case TOKEN_DOT:
        this.#copy(start, stop);
        this.#other();
        break;
      case TOKEN_OPERATOR:
        this.#operator(start, stop);
        break;
      case TOKEN_SEMICOLON:
        this.#semicolon(start);
        return true;
      case TOKEN_VARIABLE:
        this.#variable(start, stop);
        break;
      default:
        if (!this.#literal(kind, start, stop)) return false;
    }
    this.#previous = kind;
    return true;
  }

  #separate(): void {
    const previous = this.#previous;
    if (previous < TOKEN_OPEN || previous === TOKEN_CLOSE || previous === TOKEN_VARIABLE) {
      this.#put(BLANK);
    }
  }

  #put(byte: number): void {
    this.buffer[this.length] = byte;
    this.length += 1;
  }

  #copy(start: number, stop: number): void {
    const { buffer } = this;
    const bytes = this.#bytes;
    let length = this.length;
    for (let at = start; at < stop; at += 1) {
      buffer[length] = bytes[at] ?? 0;
      length += 1;
    }
    this.length = length;
  }

  // What every token does that is neither a literal nor punctuation of a list.
  #other(): void {
    this.#word = WORD_OTHER;
    this.#list.other();
    this.#rows.other();
    this.#shape.other(false);
  }

  #writeWord(start: number, stop: number): void {
    this.#separate();
    const from = this.length;
    this.#copy(start, stop);
    const bytes = this.#bytes;
    const afterDot = this.#previous === TOKEN_DOT;
    this.#list.other();
    this.#rows.other();
    if (afterDot) this.#shape.other(false);
    else this.#shape.word(bytes, start, stop);
    this.#word = WORD_OTHER;
    this.#wordStart = start;
    this.#wordStop = afterDot ? -1 : stop;
    this.#wordFrom = from;
    if (afterDot) return;
    const size = stop - start;
    this.#order.word(bytes, start, stop, this.#depth, this.#previous === TOKEN_COMMA);
    if (size === 2) {
      if (isWord(bytes, start, stop, 'in')) this.#word = WORD_IN;
    } else if (size > 3 && size < 8) {
      if (isWord(bytes, start, stop, 'values') || isWord(bytes, start, stop, 'value')) this.#word = WORD_VALUES;
      else if (from === this.#rows.elementStart(this.#depth) && isNullish(bytes, start, stop)) {
        this.#nullishEnd = this.length;
      }
    }
  }

  #open(start: number): void {
    if (start !== this.#wordStop && this.#previous === TOKEN_WORD) this.#quoteName(start);
    const from = this.length;
    this.#put(OPEN);
    this.#depth += 1;
    this.#shape.other(true);
    const word = this.#previous === TOKEN_WORD ? this.#word : WORD_OTHER;
    const secondBehindIn = this.#openedBehindIn && this.#previous === TOKEN_OPEN;
    this.#openedBehindIn = word === WORD_IN;
    if (word === WORD_IN) this.#list.open();
    else this.#list.other();
    if (word === WORD_VALUES || secondBehindIn) this.#rows.begin(from, this.length, this.#depth);
    else this.#rows.open(from, this.length, this.#depth);
    this.#word = WORD_OTHER;
  }

  // In front of a parenthesis at `start`, the last word may be a name where one that touches it would be a function.
  #quoteName(start: number): void {
    const { buffer } = this;
    const { glued, mode } = this.#rules ?? {};
    const isName = glued?.isApart(this.#bytes, this.#wordStart, this.#wordStop, start, mode?.ignoreSpace === true);
    if (this.#wordStop < 0 || isName !== true) return;
    buffer.copyWithin(this.#wordFrom + 1, this.#wordFrom, this.length);
    buffer[this.#wordFrom] = BACKTICK;
    buffer[this.length + 1] = BACKTICK;
    this.length += 2;
    this.#word = WORD_OTHER;
  }

  #close(): void {
    this.#foldNullish();
    this.#put(CLOSE);
    this.length = this.#rows.close(this.buffer, this.length, this.#depth);
    this.#depth -= 1;
    this.#list.other();
    this.#shape.other(false);
  }

  #comma(): void {
    this.#foldNullish();
    const from = this.length;
    this.#put(COMMA);
    this.#rows.comma(from, this.length, this.#depth);
    this.#list.comma();
    this.#shape.other(false);
  }

  // `NULL` or `DEFAULT` alone as an element of a row is a value like any other.
  #foldNullish(): void {
    if (this.#nullishEnd !== this.length || this.#previous !== TOKEN_WORD) return;
    const element = this.#rows.elementStart(this.#depth);
    if (element < 0) return;
    this.buffer[element] = QUESTION;
    this.length = element + 1;
    this.#nullishEnd = -1;
  }

  #operator(start: number, stop: number): void {
    const byte = this.#bytes[start];
    const isSign = stop - start === 1 && (byte === MINUS || byte === PLUS) && !this.#shape.keepsLiterals;
    const previous = this.#previous;
    const isUnary = isSign && (previous === TOKEN_OPEN || previous === TOKEN_COMMA || previous === TOKEN_OPERATOR);
    this.#signAt = isUnary ? this.length : -1;
    this.#beforeSign = previous;
    this.#separate();
    this.#copy(start, stop);
    this.#word = WORD_OTHER;
    if (isUnary) this.#list.sign();
    else this.#list.other();
    this.#rows.other();
    this.#shape.other(false);
  }

  #semicolon(start: number): void {
    if (this.#shape.hasBody) {
      this.#put(SEMICOLON);
      this.#previous = TOKEN_SEMICOLON;
      this.#list.other();
      this.#rows.other();
      return;
    }
    this.#put(STATEMENT_SEPARATOR);
    this.semicolons.push(start);
    this.#beginStatement();
  }

  #variable(start: number, stop: number): void {
    this.#separate();
    const bytes = this.#bytes;
    let name = start + 1;
    this.#copy(start, name);
    if (bytes[name] === AT) {
      this.#copy(name, name + 1);
      name += 1;
    }
    const first = bytes[name] ?? 0;
    // The lexer lets only plain characters into a quoted name.
    if (first === 0x60 || first === 0x27 || first === 0x22) {
      this.length = writeName(bytes, name, stop, this.buffer, this.length);
    } else this.#copy(name, stop);
    this.#other();
  }

  #literal(kind: number, start: number, stop: number): boolean {
    this.#shape.other(false);
    if (this.#shape.keepsLiterals && (kind === TOKEN_NUMBER || kind === TOKEN_STRING)) {
      return this.#keepLiteral(kind, start, stop);
    }
    const isPosition =
      kind === TOKEN_NUMBER && this.#order.isPosition(this.#bytes, start, stop, this.#depth, this.#previous);
    if (isPosition) return this.#keepPosition(start, stop);
    if (kind === TOKEN_STRING && this.#previous === TOKEN_STRING) return true; // 'a' 'b' is one string
    if (kind === TOKEN_NUMBER && this.#signAt >= 0 && this.#previous === TOKEN_OPERATOR) {
      this.length = this.#signAt;
      this.#previous = this.#beforeSign;
    }
    this.#signAt = -1;
    this.#separate();
    this.buffer[this.length] = QUESTION;
    this.length = this.#list.literal(this.length + 1);
    this.#rows.other();
    this.#word = WORD_OTHER;
    return true;
  }

  #keepPosition(start: number, stop: number): boolean {
    this.#list.other();
    this.#rows.other();
    return this.#keepLiteral(TOKEN_NUMBER, start, stop);
  }

  #keepLiteral(kind: number, start: number, stop: number): boolean {
    this.#separate();
    this.#word = WORD_OTHER;
    if (kind === TOKEN_NUMBER) {
      this.#put(HASH);
      this.#copy(start, stop);
      return true;
    }
    const behind = writeString(
      this.#bytes,
      start,
      stop,
      this.buffer,
      this.length,
      this.#rules?.mode.noBackslashEscapes === true,
    );
    if (behind < 0) return false;
    this.length = behind;
    return true;
  }
}
