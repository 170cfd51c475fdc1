import { Code, isAlphanumeric, isDigit } from './characters.js';
import type { Span } from './span.js';

/** Octets of a local part and of a label: RFC 5321 section 4.5.3.1, RFC 1035 section 2.3.4. */
const MAX_LOCAL = 64;
const MAX_LABEL = 63;
const MAX_DOMAIN = 253;

/** What RFC 5322 allows in a local part, without what rather stands before one: `/ = ? { | }` and the backtick. */
const LOCAL_PUNCTUATION = new Set(Array.from(".!#$%&'*+-^_~", (char) => char.charCodeAt(0)));
/** An at sign, and one in a URL. */
const SIGNS = ['@', '%40'];

/** Mail addresses with a dotted domain, internationalised ones (RFC 6531) included. */
export function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  for (const sign of SIGNS) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + sign.length)) {
      const start = startOfLocal(text, at);
      if (start === at) continue;
      const end = endOfDomain(text, at + sign.length);
      if (end !== undefined) spans.push({ start, end });
    }
  }
  return spans;
}

function startOfLocal(text: string, at: number): number {
  // Scripts without blanks between words may stand right before an address.
  const isLetter = lettersLike(text.charCodeAt(at - 1));
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL) {
    const code = text.charCodeAt(start - 1);
    if (!isLetter(code) && !isDigit(code) && !LOCAL_PUNCTUATION.has(code)) break;
    start--;
  }
  while (start < at && LOCAL_PUNCTUATION.has(text.charCodeAt(start)) && text.charCodeAt(start) !== Code.UNDERSCORE)
    start++;
  return start;
}

/** Behind the last label that may be a top-level domain. */
function endOfDomain(text: string, from: number): number | undefined {
  let end: number | undefined;
  for (let at = from; at - from < MAX_DOMAIN; at++) {
    const start = at;
    const isLetter = lettersLike(text.charCodeAt(start));
    while (at - start < MAX_LABEL && isLabelPart(text.charCodeAt(at), isLetter)) at++;
    if (at === start) return end;
    if (start !== from) end = endOfTopLevel(text, start, at, isLetter) ?? end;
    if (text.charCodeAt(at) !== Code.DOT) return end;
  }
  return end;
}

function isLabelPart(code: number, isLetter: (code: number) => boolean): boolean {
  return isLetter(code) || isDigit(code) || code === Code.DASH;
}

/** Two letters at least; what a dash adds is no part of it, unless the label is in Punycode. */
function endOfTopLevel(
  text: string,
  start: number,
  end: number,
  isLetter: (code: number) => boolean,
): number | undefined {
  if (/^xn--/i.test(text.slice(start, start + 4))) return end;
  let at = start;
  while (at < end && isLetter(text.charCodeAt(at))) at++;
  return at - start < 2 || isDigit(text.charCodeAt(at)) ? undefined : at;
}

const ANY_LETTER = /[\p{L}\p{M}\p{N}]/u;

/** Letters of the alphabet that a character is of: Latin, or any other. */
function lettersLike(code: number): (code: number) => boolean {
  return code < 0x80 || isLatin(code) ? isLatin : isOtherLetter;
}

function isLatin(code: number): boolean {
  if (code < 0x80) return isAlphanumeric(code) && !isDigit(code);
  return (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7) || (code >= 0x1e00 && code <= 0x1eff);
}

function isOtherLetter(code: number): boolean {
  return code >= 0x80 && !isLatin(code) && ANY_LETTER.test(String.fromCharCode(code));
}
