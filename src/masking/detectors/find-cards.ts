import { isIssued } from './card-issuers.js';
import { Code, isAlphanumeric, isBlank, isDash, isDigit } from './characters.js';
import { isLuhn, weightedSum } from './check-digits.js';
import type { Span } from './span.js';

const SHORTEST = 13;
const LONGEST = 19;
/** Fewer digits between two separators are a list of numbers. */
const SMALLEST_GROUP = 3;
/** More digits between two dashes are an identifier such as a UUID. */
const LARGEST_DASHED_GROUP = 6;

/** Card numbers: 13 to 19 digits of a known issuer range that satisfy Luhn, with one blank or dash between groups or none. */
export function findCards(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at)) || !isStart(text, at)) continue;
    const end = endOfCard(text, at);
    if (end === at) continue;
    spans.push({ start: at, end });
    at = end - 1;
  }
  return spans;
}

/** No digits in the middle of a code, and no decimals. */
function isStart(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return !isAlphanumeric(before) && !(before === Code.DOT && isDigit(text.charCodeAt(at - 2)));
}

/** Where the longest card number from here ends; `start` where there is none. */
function endOfCard(text: string, start: number): number {
  let digits = '';
  let best = start;
  let separator: number | undefined;
  let group = 0;
  for (let at = start; digits.length <= LONGEST; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += text.charAt(at);
      group++;
      continue;
    }
    if (separator !== undefined && isDash(separator) && group > LARGEST_DASHED_GROUP) return best;
    if (digits.length >= SHORTEST && !isAlphanumeric(code) && isCard(digits)) best = at;
    if (group < SMALLEST_GROUP || !isSeparator(code, separator, group)) return best;
    separator = code;
    group = 0;
  }
  return best;
}

function isSeparator(code: number, first: number | undefined, group: number): boolean {
  if (first !== undefined) return code === first;
  return isBlank(code) || (isDash(code) && group <= LARGEST_DASHED_GROUP);
}

function isCard(digits: string): boolean {
  return isLuhn(digits) && isIssued(digits) && !(digits.length === 13 && isBarCode(digits));
}

/** An EAN-13, of which those of German goods begin as old Visa numbers do. */
function isBarCode(digits: string): boolean {
  return weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}
