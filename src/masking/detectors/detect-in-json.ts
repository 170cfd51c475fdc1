import type { Detect } from './create-detector.js';

/**
 * Applies a detector to every string, key and number of a JSON text. A key is the context of its values, those of a list included. What changes
 * becomes a string; all else, blanks and repeated keys included, stays as it is. A text that is not JSON is treated as plain text.
 * @param detect - from `createDetector`
 * @returns JSON where the text was
 * @example
 * ```ts
 * detectInJson('{"mail": "bob@example.com", "n": 1.0}', detect); // '{"mail": "[email]", "n": 1.0}'
 * ```
 */
export function detectInJson(text: string, detect: Detect): string {
  return isJson(text) ? new Rewriter(text, detect).rewrite() : detect(text);
}

/** What cannot be JSON is not parsed: to fail takes long. */
const BEGIN = /^[ \t\r\n]*(?:["[{\d-]|(?:true|false|null)[ \t\r\n]*$)/;

function isJson(text: string): boolean {
  if (!BEGIN.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const COLON = /[ \t\r\n]*:/y;

/** Walks over the tokens of a text that is known to be JSON, as deep as it may be. */
class Rewriter {
  readonly #text: string;
  readonly #detect: Detect;
  #key: string | undefined;
  #rewritten = '';
  /** Up to here the text is in what was rewritten. */
  #copied = 0;

  constructor(text: string, detect: Detect) {
    this.#text = text;
    this.#detect = detect;
  }

  rewrite(): string {
    for (let at = 0; at < this.#text.length;) at = this.#token(at);
    return this.#rewritten + this.#text.slice(this.#copied);
  }

  /** Treats the token at an index. @returns where the next may begin */
  #token(at: number): number {
    const char = this.#text.charAt(at);
    if (char === '"') return this.#string(at);
    if (char === '-' || (char >= '0' && char <= '9')) return this.#number(at);
    if (char === '}') this.#key = undefined;
    return at + 1;
  }

  #string(start: number): number {
    const end = endOfString(this.#text, start);
    const raw = this.#text.slice(start, end);
    const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (matchEnd(COLON, this.#text, end) === undefined) {
      this.#replace(start, end, value, this.#detect(value, this.#key));
    } else {
      this.#key = value;
      this.#replace(start, end, value, this.#detect(value));
    }
    return end;
  }

  #number(start: number): number {
    const end = matchEnd(NUMBER, this.#text, start) ?? start + 1;
    const literal = this.#text.slice(start, end);
    this.#replace(start, end, literal, this.#detect(literal, this.#key));
    return end;
  }

  #replace(start: number, end: number, value: string, masked: string): void {
    if (masked === value) return;
    this.#rewritten += this.#text.slice(this.#copied, start) + JSON.stringify(masked);
    this.#copied = end;
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
