import type { ReadingRules } from './canonical/reading-rules.js';
import { Lexer } from './lexer/lexer.js';
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
  TOKEN_STRING,
  TOKEN_WORD,
} from './lexer/token-kind.js';
import { FOLDING_FUNCTIONS } from './lineage/look-ups.js';

/** What columns are compared with in a text. */
export interface ComparedValues {
  /** Each value is a text, or a placeholder. */
  readonly areTexts: boolean;
  /** Places of the placeholders among all of the text, from 0. */
  readonly placeholders: readonly number[];
}

interface SourceToken {
  readonly kind: number;
  /** As it stands in the text, in lower case; of a quoted name, what it names. Empty for strings and punctuation. */
  readonly text: string;
}

const EQUALITIES: ReadonlySet<string> = new Set(['=', '<>', '!=']);
/** Behind one of these, `name =` gives the column a value. */
const ASSIGNS: ReadonlySet<string> = new Set(['set', 'update']);
/** Operators that are words, and make a number of a text. */
const ARITHMETIC: ReadonlySet<string> = new Set(['div', 'mod']);
/** What stands in front of a text, and leaves it one. */
const PREFIXES: ReadonlySet<string> = new Set([
  'binary',
  'national',
  '_utf8mb4',
  '_utf8mb3',
  '_utf8',
  '_latin1',
  '_binary',
]);
const NOTHING: ReadonlySet<string> = new Set(['null', 'default']);
/** Whatever they are given, they give a text. */
const TEXT_FUNCTIONS: ReadonlySet<string> = new Set([
  ...FOLDING_FUNCTIONS,
  ...[
    'concat',
    'concat_ws',
    'md5',
    'sha',
    'sha1',
    'sha2',
    'hex',
    'to_base64',
    'replace',
    'substring',
    'substr',
    'left',
    'right',
  ],
]);
const END: SourceToken = { kind: TOKEN_END, text: '' };

/**
 * Finds what columns are compared with by `=`, `<>` and `IN` in a text whose look-ups are understood, and whether each of these values is a text.
 * Whatever is not plainly one, is none; nor is anything where one of the names is not found.
 * @param names - of the columns as they stand in the text, in any case
 */
export function comparedValues(
  bytes: Buffer,
  start: number,
  end: number,
  rules: ReadingRules,
  names: readonly string[],
): ComparedValues {
  const reader = new ComparisonReader(readSource(bytes, start, end, rules));
  for (const name of new Set(names.map((each) => each.toLowerCase()))) reader.read(name);
  return { areTexts: reader.areTexts, placeholders: reader.placeholders };
}

function readSource(bytes: Buffer, start: number, end: number, rules: ReadingRules): readonly SourceToken[] {
  const lexer = new Lexer();
  lexer.open(bytes, start, end, rules.mode, rules.dollarQuotes, rules.comments);
  const tokens: SourceToken[] = [];
  for (;;) {
    const kind = lexer.next();
    if (kind === TOKEN_END || kind === TOKEN_PROBLEM) return tokens;
    const hasText = kind === TOKEN_WORD || kind === TOKEN_QUOTED || kind === TOKEN_OPERATOR || kind === TOKEN_NUMBER;
    const text = hasText ? bytes.toString('utf8', lexer.start, lexer.stop).toLowerCase() : '';
    tokens.push({ kind, text: kind === TOKEN_QUOTED ? unquoted(text) : text });
  }
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

class ComparisonReader {
  areTexts = true;
  readonly placeholders: number[] = [];
  readonly #tokens: readonly SourceToken[];

  constructor(tokens: readonly SourceToken[]) {
    this.#tokens = tokens;
  }

  read(name: string): void {
    let found = false;
    for (const [index, token] of this.#tokens.entries()) {
      const isName = (token.kind === TOKEN_WORD || token.kind === TOKEN_QUOTED) && token.text === name;
      if (isName && this.#at(index + 1).kind !== TOKEN_DOT && this.#comparison(index)) found = true;
    }
    if (!found) this.areTexts = false;
  }

  #at(index: number): SourceToken {
    return this.#tokens[index] ?? END;
  }

  /** Reads the comparison that the name at `index` is in. @returns whether it is in one */
  #comparison(index: number): boolean {
    let before = index - 1;
    while (this.#at(before).kind === TOKEN_DOT) before -= 2;
    let behind = index + 1;
    while (this.#at(behind).kind === TOKEN_CLOSE) behind += 1;
    if (isEquality(this.#at(behind))) {
      const { kind, text } = this.#at(before);
      if (kind === TOKEN_COMMA || (kind === TOKEN_WORD && ASSIGNS.has(text))) return false;
      this.#value(behind + 1);
      return true;
    }
    if (this.#isWord(behind, 'not')) behind += 1;
    if (this.#isWord(behind, 'in')) {
      this.#list(behind + 1);
      return true;
    }
    while (this.#at(before).kind === TOKEN_OPEN) before -= 1;
    if (FOLDING_FUNCTIONS.has(this.#at(before).text)) before -= 1;
    while (this.#at(before).kind === TOKEN_OPEN) before -= 1;
    if (!isEquality(this.#at(before))) return false;
    this.#valueBefore(before);
    return true;
  }

  /** A value that stands in front of the operator at `index`: a literal or a placeholder alone. */
  #valueBefore(index: number): void {
    const isAlone = !isArithmetic(this.#at(index - 2));
    const value = this.#at(index - 1);
    if (value.kind === TOKEN_PLACEHOLDER && isAlone) this.#placeholder(index - 1);
    else if (!isText(value) || !isAlone) this.areTexts = false;
  }

  #list(open: number): void {
    let depth = 0;
    for (let at = open; at < this.#tokens.length; at += 1) {
      const { kind } = this.#at(at);
      if (kind === TOKEN_OPEN) depth += 1;
      if (kind === TOKEN_CLOSE) depth -= 1;
      if (depth === 0) return;
      if (depth === 1 && (at === open || kind === TOKEN_COMMA)) this.#value(at + 1);
    }
  }

  #value(start: number): void {
    let at = start;
    while (this.#at(at).kind === TOKEN_OPEN || PREFIXES.has(this.#at(at).text)) at += 1;
    const token = this.#at(at);
    const { kind, text } = token;
    if (kind === TOKEN_PLACEHOLDER) this.#placeholder(at);
    else if (kind === TOKEN_WORD && TEXT_FUNCTIONS.has(text) && this.#at(at + 1).kind === TOKEN_OPEN) {
      at = this.#closing(at + 1);
    } else if (!isText(token) && !(kind === TOKEN_WORD && NOTHING.has(text))) this.areTexts = false;
    this.#tail(at + 1);
  }

  /** Behind a text, nothing may make a number of it. */
  #tail(start: number): void {
    let at = start;
    while (this.#at(at).kind === TOKEN_CLOSE || this.#at(at).kind === TOKEN_STRING) at += 1;
    while (this.#isWord(at, 'collate')) at += 2;
    if (isArithmetic(this.#at(at))) this.areTexts = false;
  }

  /** Where the parenthesis that is opened at `open` is closed. */
  #closing(open: number): number {
    let depth = 0;
    for (let at = open; at < this.#tokens.length; at += 1) {
      const { kind } = this.#at(at);
      if (kind === TOKEN_OPEN) depth += 1;
      if (kind === TOKEN_CLOSE) depth -= 1;
      if (depth === 0) return at;
    }
    return this.#tokens.length;
  }

  #placeholder(index: number): void {
    let place = 0;
    for (let at = 0; at < index; at += 1) if (this.#at(at).kind === TOKEN_PLACEHOLDER) place += 1;
    this.placeholders.push(place);
  }

  #isWord(index: number, word: string): boolean {
    const { kind, text } = this.#at(index);
    return kind === TOKEN_WORD && text === word;
  }
}

/** A string, or bytes in hexadecimal, which are one where they are compared with one. */
function isText({ kind, text }: SourceToken): boolean {
  return kind === TOKEN_STRING || (kind === TOKEN_NUMBER && /^(?:0x|x')/.test(text));
}

function isEquality({ kind, text }: SourceToken): boolean {
  return kind === TOKEN_OPERATOR && EQUALITIES.has(text);
}

/** Whether it may make a number of a text: every operator may, but for those between conditions. */
function isArithmetic({ kind, text }: SourceToken): boolean {
  return (kind === TOKEN_OPERATOR && text !== '&&' && text !== '||') || (kind === TOKEN_WORD && ARITHMETIC.has(text));
}
