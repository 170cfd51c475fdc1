import { Code, isAlphanumeric, isBase64Url } from './characters.js';
import type { Span } from './span.js';

const MAX_HEADER = 4_096;

/**
 * Signed and encrypted tokens in compact form whose header is JSON with `alg`.
 * @see RFC 7515 section 7.1, RFC 7516 section 7.1
 */
export function findJwts(text: string): Span[] {
  const spans: Span[] = [];
  let header = 0;
  for (let at = text.indexOf('eyJ'); at !== -1;) {
    // Of all begins within one run of base64url the end is the same.
    if (at >= header) header = endOfPart(text, at);
    const isBegin = !isAlphanumeric(text.charCodeAt(at - 1)) && header - at <= MAX_HEADER;
    const end = isBegin ? endOfToken(text, at, header) : undefined;
    if (end !== undefined) spans.push({ start: at, end });
    at = text.indexOf('eyJ', end ?? at + 3);
  }
  return spans;
}

function endOfToken(text: string, start: number, header: number): number | undefined {
  if (text.charCodeAt(header) !== Code.DOT) return undefined;
  const parts = partsOf(text.slice(start, header));
  let end = header;
  for (let part = 2; part <= parts; part++) {
    if (text.charCodeAt(end) !== Code.DOT) return undefined;
    end = endOfPart(text, end + 1);
  }
  return parts === 0 ? undefined : end;
}

function endOfPart(text: string, start: number): number {
  let at = start;
  while (isBase64Url(text.charCodeAt(at))) at++;
  return at;
}

/** How many parts a token of this header has: 5 where it is encrypted; 0 where it is no header. */
function partsOf(encoded: string): number {
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    if (typeof header !== 'object' || header === null || !('alg' in header)) return 0;
    return 'enc' in header ? 5 : 3;
  } catch {
    return 0;
  }
}
