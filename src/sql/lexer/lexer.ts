import type { LexicalMode } from '../sql-mode.js';
import {
  BYTE_AT,
  BYTE_BACKTICK,
  BYTE_DIGIT,
  BYTE_DOT,
  BYTE_HASH,
  BYTE_MINUS,
  BYTE_OPERATOR,
  BYTE_QUOTE,
  BYTE_SINGLE,
  BYTE_SLASH,
  BYTE_SPACE,
  BYTE_WORD,
  byteClass,
  identifierByte,
  isDigit,
} from './byte-class.js';
import {
  blockCommentProblem,
  isDashComment,
  isVersionedComment,
  scanBlockComment,
  scanLineComment,
} from './comment-scan.js';
import { MALFORMED, NOT_A_NUMBER, scanFraction, scanNumber, scanQuotedBits } from './number-scan.js';
import { operatorLength } from './operator-scan.js';
import { problems } from './problem.js';
import {
  TOKEN_CLOSE,
  TOKEN_COMMA,
  TOKEN_DOT,
  TOKEN_END,
  TOKEN_NUMBER,
  TOKEN_OPEN,
  TOKEN_OPERATOR,
  TOKEN_PLACEHOLDER,
  TOKEN_PROBLEM,
  TOKEN_QUOTED,
  TOKEN_SEMICOLON,
  TOKEN_STRING,
  TOKEN_VARIABLE,
  TOKEN_WORD,
} from './token-kind.js';
import { NO_VERSIONED_COMMENTS, runContent, type VersionedComments } from './versioned-comment.js';

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const AT = 0x40;
const DOT = 0x2e;
const DOLLAR = 0x24;
const MINUS = 0x2d;
const STAR = 0x2a;

/** The kind of each token that is one byte. */
const singleToken = new Uint8Array(256).fill(TOKEN_PROBLEM);
singleToken[0x28] = TOKEN_OPEN;
singleToken[0x29] = TOKEN_CLOSE;
singleToken[0x2c] = TOKEN_COMMA;
singleToken[0x3b] = TOKEN_SEMICOLON;
singleToken[0x3f] = TOKEN_PLACEHOLDER;

/**
 * Reads tokens exactly as the server does (sql/sql_lex.cc, `lex_one_token`) for the client character sets utf8mb3 and utf8mb4.
 * One object is used again and again: {@link Lexer.open} it on a text, call {@link Lexer.next} until TOKEN_END or TOKEN_PROBLEM.
 * Time is linear in the text. Nothing is copied: a token is the bytes from `start` to `stop`.
 */
export class Lexer {
  /** First byte of the token; for a quoted one, its quote (or the letter before it). */
  start = 0;
  /** Behind its last byte. */
  stop = 0;
  /** Why the text cannot be read; set with TOKEN_PROBLEM. */
  problem = '';
  /** The text has a comment that the server runs; its content is among the tokens. */
  ranComment = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #ansiQuotes = false;
  #noBackslash = false;
  #dollarQuotes = false;
  // An identifier and a dot were read without a gap: what follows is an identifier, whatever it looks like.
  #identifierNext = false;
  #comments = NO_VERSIONED_COMMENTS;
  // Where the content of a versioned comment that is being read ends.
  #contentEnd = -1;

  /** Begins with a text: `bytes` from `start` to `end`. */
  open(
    bytes: Uint8Array,
    start: number,
    end: number,
    mode: LexicalMode,
    dollarQuotes: boolean,
    comments: VersionedComments,
  ): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#ansiQuotes = mode.ansiQuotes;
    this.#noBackslash = mode.noBackslashEscapes;
    this.#dollarQuotes = dollarQuotes;
    this.#identifierNext = false;
    this.#comments = comments;
    this.#contentEnd = -1;
    this.ranComment = false;
    this.stop = start;
  }

  /** Reads one token and returns its kind. */
  next(): number {
    const bytes = this.#bytes;
    let at = this.stop;
    for (;;) {
      if (at >= this.#end) {
        this.start = at;
        this.stop = at;
        return TOKEN_END;
      }
      if (at === this.#contentEnd) {
        at += 2;
        continue;
      }
      const byte = bytes[at] ?? 0;
      const kind = byteClass[byte];
      if (kind === BYTE_SPACE) {
        at += 1;
        continue;
      }
      this.start = at;
      if (kind === BYTE_SINGLE) {
        this.stop = at + 1;
        return singleToken[byte] ?? TOKEN_PROBLEM;
      }
      if (kind === BYTE_WORD) return this.#word(at, byte);
      if (kind === BYTE_MINUS || kind === BYTE_SLASH || kind === BYTE_HASH) {
        const behind = this.#comment(at, kind);
        if (behind === 0) return this.#operator(at);
        if (behind < 0) return TOKEN_PROBLEM;
        at = behind;
        continue;
      }
      return this.#other(at, byte, kind ?? 0);
    }
  }

  #other(at: number, byte: number, kind: number): number {
    switch (kind) {
      case BYTE_DIGIT:
        return this.#identifierNext ? this.#word(at, byte) : this.#number(at, byte);
      case BYTE_QUOTE:
        return byte === DOUBLE_QUOTE && this.#ansiQuotes ? this.#quotedName(at, byte) : this.#string(at, at, byte);
      case BYTE_BACKTICK:
        return this.#quotedName(at, byte);
      case BYTE_DOT:
        return this.#dot(at);
      case BYTE_AT:
        return this.#variable(at);
      case BYTE_OPERATOR:
        return this.#operator(at);
      default:
        return this.#fail(problems.control);
    }
  }

  #fail(problem: string): number {
    this.problem = problem;
    return TOKEN_PROBLEM;
  }

  /** Behind a comment; 0 where there is none, negative with a problem. */
  #comment(at: number, kind: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const next = at + 1 < end ? bytes[at + 1] : 0;
    if (kind === BYTE_SLASH) {
      if (next !== STAR) return 0;
      if (isVersionedComment(bytes, at, end)) return this.#versionedComment(at);
      const problem = blockCommentProblem(bytes, at, end);
      if (problem !== undefined) return -this.#fail(problem);
      const behind = scanBlockComment(bytes, at, end);
      return behind < 0 ? -this.#fail(problems.comment) : behind;
    }
    if (kind === BYTE_MINUS && !(next === MINUS && isDashComment(bytes, at + 2, end))) return 0;
    const behind = scanLineComment(bytes, at, end);
    return behind < 0 ? -this.#fail(problems.control) : behind;
  }

  #versionedComment(at: number): number {
    const content = runContent(this.#bytes, at, this.#end, this.#comments);
    if (content === undefined) return -this.#fail(problems.versionedComment);
    this.#contentEnd = content.end;
    this.ranComment = true;
    return content.start;
  }

  #word(start: number, first: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const bound = this.#identifierNext;
    this.#identifierNext = false;
    let at = start + 1;
    while (at < end && identifierByte[bytes[at] ?? 0] === 1) at += 1;
    if (at < end) {
      const behind = bytes[at];
      if (behind === QUOTE && at === start + 1 && !bound) {
        const letter = first & 0xdf;
        if (letter === 0x4e) return this.#string(start, at, QUOTE); // N'..'
        if (letter === 0x58 || letter === 0x42) return this.#literal(scanQuotedBits(bytes, start, end)); // X'..', B'..'
      }
      if (behind === DOT && at + 1 < end && identifierByte[bytes[at + 1] ?? 0] === 1) this.#identifierNext = true;
    }
    this.stop = at;
    return first === DOLLAR && this.#dollarQuotes ? this.#fail(problems.dollar) : TOKEN_WORD;
  }

  #number(at: number, first: number): number {
    const stop = scanNumber(this.#bytes, at, this.#end);
    return stop === NOT_A_NUMBER ? this.#word(at, first) : this.#literal(stop);
  }

  #literal(stop: number): number {
    if (stop === MALFORMED) return this.#fail(problems.literal);
    this.stop = stop;
    return TOKEN_NUMBER;
  }

  #dot(at: number): number {
    const next = at + 1 < this.#end ? (this.#bytes[at + 1] ?? 0) : 0;
    if (!this.#identifierNext && isDigit(next)) return this.#literal(scanFraction(this.#bytes, at + 1, this.#end));
    this.#identifierNext = identifierByte[next] === 1;
    this.stop = at + 1;
    return TOKEN_DOT;
  }

  #string(start: number, quoteAt: number, quote: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const escapes = !this.#noBackslash;
    for (let at = quoteAt + 1; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === quote) {
        if (at + 1 < end && bytes[at + 1] === quote) {
          at += 1;
          continue;
        }
        this.start = start;
        this.stop = at + 1;
        return TOKEN_STRING;
      }
      if (byte === BACKSLASH && escapes) at += 1;
    }
    return this.#fail(problems.string);
  }

  #quotedName(start: number, quote: number): number {
    this.#identifierNext = false;
    const behind = this.#scanQuotedName(start, quote);
    if (behind <= start + 2) return this.#fail(problems.identifier);
    this.stop = behind;
    return TOKEN_QUOTED;
  }

  #scanQuotedName(start: number, quote: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    for (let at = start + 1; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x20) return -1;
      if (byte !== quote) continue;
      if (at + 1 >= end || bytes[at + 1] !== quote) return at + 1;
      at += 1;
    }
    return -1;
  }

  #variable(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start + 1;
    const isSystem = at < end && bytes[at] === AT;
    if (isSystem) at += 1;
    const first = at < end ? (bytes[at] ?? 0) : 0;
    if (first === BACKTICK || (!isSystem && (first === QUOTE || first === DOUBLE_QUOTE))) {
      const behind = this.#scanQuotedName(at, first);
      if (behind <= at + 2 || !this.#isPlain(at + 1, behind - 1)) return this.#fail(problems.variable);
      this.stop = behind;
      return TOKEN_VARIABLE;
    }
    const begin = at;
    while (at < end && (identifierByte[bytes[at] ?? 0] === 1 || (bytes[at] === DOT && !isSystem))) at += 1;
    if (at === begin || !this.#isPlain(begin, at)) return this.#fail(problems.variable);
    if (isSystem) this.#identifierNext = at < end && bytes[at] === DOT;
    this.stop = at;
    return TOKEN_VARIABLE;
  }

  // Names of variables are read by yet other rules when they are quoted or not ASCII: only plain ones are taken.
  #isPlain(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (byte >= 0x7f || byte === BACKSLASH || byte === QUOTE || byte === DOUBLE_QUOTE || byte === BACKTICK)
        return false;
    }
    return true;
  }

  #operator(at: number): number {
    this.stop = at + operatorLength(this.#bytes, at, this.#end);
    return TOKEN_OPERATOR;
  }
}
