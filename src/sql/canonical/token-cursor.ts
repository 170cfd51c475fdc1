import { DenialError } from '../../errors.js';
import { isName, isOneOf, type Token } from './token.js';

/** A name that may have a schema. */
export interface QualifiedName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** Reads tokens one by one, for the small grammars. What it cannot read it refuses by throwing. */
export class TokenCursor {
  #tokens: readonly Token[];
  #at: number;

  constructor(tokens: readonly Token[], at = 0) {
    this.#tokens = tokens;
    this.#at = at;
  }

  /** Index of the next token. */
  get position(): number {
    return this.#at;
  }

  /** The next token, or one further on, without taking it. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** The tokens that are left, without taking them. */
  rest(): readonly Token[] {
    return this.#tokens.slice(this.#at);
  }

  /** Nothing is left. */
  get isDone(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes the next token, if there is one. */
  take(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  /** Puts tokens in front of what is left: they are read next. */
  unread(tokens: readonly Token[]): void {
    this.#tokens = [...tokens, ...this.rest()];
    this.#at = 0;
  }

  /** Whether the next tokens are these keywords or symbols, in order. */
  sees(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, index) => isOneOf(this.peek(index), keyword));
  }

  /** Takes these keywords or symbols if all of them are next. */
  accept(...keywords: readonly string[]): boolean {
    if (!this.sees(...keywords)) return false;
    this.#at += keywords.length;
    return true;
  }

  /** Takes one of these keywords if it is next, and returns it. */
  acceptOneOf(...keywords: readonly string[]): string | undefined {
    const token = this.peek();
    if (token === undefined || !isOneOf(token, ...keywords)) return undefined;
    this.#at += 1;
    return token.upper;
  }

  /** @throws DenialError `STATEMENT_UNKNOWN` where the keywords are not next */
  expect(...keywords: readonly string[]): void {
    if (!this.accept(...keywords)) this.refuse(keywords.join(' '));
  }

  /** @throws DenialError `STATEMENT_UNKNOWN` where something is left */
  expectEnd(): void {
    if (!this.isDone) this.refuse('the end');
  }

  /**
   * Takes an identifier.
   * @throws DenialError `STATEMENT_UNKNOWN` where none is next
   */
  name(): string {
    const token = this.peek();
    if (!isName(token)) return this.refuse('a name');
    this.#at += 1;
    return token.value;
  }

  /**
   * Takes `name` or `schema.name`.
   * @throws DenialError `STATEMENT_UNKNOWN` where none is next
   */
  qualifiedName(): QualifiedName {
    const first = this.name();
    return this.accept('.') ? { schema: first, name: this.name() } : { schema: undefined, name: first };
  }

  /**
   * Takes a parenthesis and everything up to its counterpart.
   * @throws DenialError `STATEMENT_UNKNOWN` where none is next or it does not close
   */
  skipParentheses(): readonly Token[] {
    const from = this.#at + 1;
    this.expect('(');
    let depth = 1;
    while (depth > 0) {
      const token = this.take();
      if (token === undefined) return this.refuse(')');
      if (token.upper === '(') depth += 1;
      else if (token.upper === ')') depth -= 1;
    }
    return this.#tokens.slice(from, this.#at - 1);
  }

  /** @throws DenialError `STATEMENT_UNKNOWN`, always. The message never holds a literal. */
  refuse(expected: string): never {
    const token = this.peek();
    const found = token === undefined ? 'its end' : nearText(token);
    throw new DenialError('STATEMENT_UNKNOWN', `not understood near ${found}: ${expected} was expected`);
  }
}

/** A token as it may be shown: literals are not. */
export function nearText(token: Token): string {
  if (token.kind === 'string' || token.kind === 'number' || token.kind === 'literal') return 'a literal';
  return JSON.stringify(token.text.slice(0, 64));
}
