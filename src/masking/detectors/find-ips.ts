import { isIP } from 'node:net';
import { isAlphanumeric, Code } from './characters.js';
import { spansOf } from './matches.js';
import type { Span } from './span.js';

const V4 = /(?<![A-Za-z0-9_]|\d\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![A-Za-z0-9_]|\.\d|-[A-Za-z])/g;
const V6 = /(?<![0-9A-Fa-f:.])[0-9A-Fa-f:.]{3,64}(?![0-9A-Za-z_:.])/g;

/** What stands before a version number: `version 1.2.3.4`, `"ver": "1.2.3.4"`. */
const VERSION = /(?:^|[^a-z])(?:versions?|ver|v|release|build|firmware|rev(?:ision)?)\.?[\s"':=#]{0,5}$/i;
/** What stands before the version of a product in a user agent: `Chrome/120.0.0.0`. */
const PRODUCT = /[A-Za-z]\/$/;
const LOOK_BACK = 24;

/** IPv4 addresses that are no version numbers. */
export function findIpv4(text: string): Span[] {
  return spansOf(V4, text, (match, start) => {
    if (isIP(match) !== 4) return 0;
    const before = text.slice(Math.max(0, start - LOOK_BACK), start);
    const isVersion = VERSION.test(before) || (match.endsWith('.0.0') && PRODUCT.test(before));
    return isVersion ? 0 : match.length;
  });
}

/** IPv6 addresses with a digit in them, those that end in an IPv4 address included. */
export function findIpv6(text: string): Span[] {
  const spans = spansOf(V6, text, (match, start) => ipv6Length(match, text.charCodeAt(start - 1)));
  return spans.map(({ start, end }) => ({ start: start + leading(text.slice(start, start + 2)), end }));
}

/** A single colon belongs to what stands before: `host:2001:db8::1`. */
function leading(match: string): number {
  return match.startsWith(':') && !match.startsWith('::') ? 1 : 0;
}

function ipv6Length(match: string, before: number): number {
  const skip = leading(match);
  if (skip === 0 && (isAlphanumeric(before) || before === Code.UNDERSCORE)) return 0;
  if (match.indexOf(':', match.indexOf(':') + 1) === -1 || !/\d/.test(match)) return 0;
  // A sentence may go on with a colon, or end with a full stop.
  for (let end = match.length; end > match.length - 3; end--) {
    if (isIP(match.slice(skip, end)) === 6) return end;
    if (!/[.:]/.test(match.charAt(end - 1))) return 0;
  }
  return 0;
}
