import { Code, isAlphanumeric, isBlank } from './characters.js';
import type { Span } from './span.js';

const BEGIN = '-----BEGIN ';
const HEADER = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/y;
const FOOTER = /-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/y;
const FENCE = '-----';
const MAX_BODY = 32_768;

/** Line ends, also escaped, base64, and the headers of an encrypted key. */
const BODY = new Set(Array.from('\r\n\\+/=:,-.()', (char) => char.charCodeAt(0)));

/**
 * Private keys in PEM or OpenPGP armour. Where the end is missing, what may be of the key goes with it.
 * @see RFC 7468
 */
export function findPrivateKeys(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(BEGIN); at !== -1;) {
    const body = behind(HEADER, text, at);
    const end = body === undefined ? undefined : endOfKey(text, body);
    if (end !== undefined) spans.push({ start: at, end });
    at = text.indexOf(BEGIN, end ?? at + BEGIN.length);
  }
  return spans;
}

function endOfKey(text: string, body: number): number {
  let at = body;
  while (at - body < MAX_BODY && !text.startsWith(FENCE, at) && isBody(text.charCodeAt(at))) at++;
  return behind(FOOTER, text, at) ?? at;
}

function isBody(code: number): boolean {
  return isAlphanumeric(code) || isBlank(code) || BODY.has(code) || code === Code.UNDERSCORE;
}

function behind(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
