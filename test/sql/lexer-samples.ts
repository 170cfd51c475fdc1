import { Lexer } from '../../src/sql/lexer/lexer.js';
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
} from '../../src/sql/lexer/token-kind.js';
import { NO_VERSIONED_COMMENTS, type VersionedComments } from '../../src/sql/lexer/versioned-comment.js';
import { readLexicalMode } from '../../src/sql/sql-mode.js';

const NAMES: ReadonlyMap<number, string> = new Map([
  [TOKEN_WORD, 'word'],
  [TOKEN_QUOTED, 'quoted'],
  [TOKEN_STRING, 'string'],
  [TOKEN_NUMBER, 'number'],
  [TOKEN_PLACEHOLDER, 'placeholder'],
  [TOKEN_OPERATOR, 'operator'],
  [TOKEN_OPEN, 'open'],
  [TOKEN_CLOSE, 'close'],
  [TOKEN_COMMA, 'comma'],
  [TOKEN_DOT, 'dot'],
  [TOKEN_SEMICOLON, 'semicolon'],
  [TOKEN_VARIABLE, 'variable'],
]);

/** How a text is read. */
export interface Reading {
  readonly sqlMode?: string;
  readonly dollarQuotes?: boolean;
  readonly comments?: VersionedComments;
}

/** The tokens of a text as `kind:text`; `problem:…` last where it cannot be read. */
export function lex(text: string | Uint8Array, reading: Reading = {}): readonly string[] {
  const bytes = Buffer.from(text);
  const lexer = new Lexer();
  lexer.open(
    bytes,
    0,
    bytes.length,
    readLexicalMode(reading.sqlMode ?? ''),
    reading.dollarQuotes ?? false,
    reading.comments ?? NO_VERSIONED_COMMENTS,
  );
  const tokens: string[] = [];
  for (;;) {
    const kind = lexer.next();
    if (kind === TOKEN_END) return tokens;
    if (kind === TOKEN_PROBLEM) return [...tokens, `problem:${lexer.problem}`];
    tokens.push(`${NAMES.get(kind) ?? 'none'}:${bytes.toString('utf8', lexer.start, lexer.stop)}`);
  }
}
