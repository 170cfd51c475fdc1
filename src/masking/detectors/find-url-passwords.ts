import { Code } from './characters.js';
import type { Span } from './span.js';

const MAX_PART = 256;

/**
 * Passwords within URLs, such as `mysql://app:secret@host`. The rest of the URL stays.
 * @see RFC 3986 section 3.2.1
 */
export function findUrlPasswords(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const colon = endOfPart(text, at + 3);
    if (text.charCodeAt(colon) !== Code.COLON) continue;
    const end = endOfPart(text, colon + 1);
    if (end > colon + 1 && text.charCodeAt(end) === Code.AT) spans.push({ start: colon + 1, end });
  }
  return spans;
}

function endOfPart(text: string, start: number): number {
  let at = start;
  while (at - start < MAX_PART && !isEnd(text.charCodeAt(at))) at++;
  return at;
}

function isEnd(code: number): boolean {
  return !(code > Code.SPACE) || code === Code.COLON || code === Code.AT || code === Code.SLASH;
}
