import { isAlphanumeric, isBlank, isDash } from './characters.js';
import { mod97 } from './check-digits.js';
import { spansOf } from './matches.js';
import type { Span } from './span.js';

/** Countries with the length of their account numbers, from the IBAN registry of SWIFT. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Groups of an identifier such as a UUID: an account number with dashes begins with a group of four, and has none of eleven. */
const FOREIGN_GROUPS = /^[A-Za-z0-9]{5,34}[-\u2010-\u2015]|[-\u2010-\u2015][A-Za-z0-9]{11}/;
const START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d\d/g;

/**
 * International bank account numbers of the length of their country, in either case, with single blanks or dashes or none.
 * @see ISO 13616
 */
export function findIbans(text: string): Span[] {
  return spansOf(START, text, (match, start) => {
    const length = LENGTHS.get(match.slice(0, 2).toUpperCase());
    return length === undefined ? 0 : ibanLength(text, start, length);
  });
}

/** How many characters of the text the number takes with its separators; 0 where it is none. */
function ibanLength(text: string, start: number, length: number): number {
  let number = '';
  let at = start;
  for (; number.length < length; at++) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code)) number += text.charAt(at);
    else if (!(isBlank(code) || isDash(code)) || !isAlphanumeric(text.charCodeAt(at - 1))) return 0;
  }
  if (isAlphanumeric(text.charCodeAt(at)) || FOREIGN_GROUPS.test(text.slice(start, at))) return 0;
  const upper = number.toUpperCase();
  return mod97(upper.slice(4) + upper.slice(0, 4)) === 1 ? at - start : 0;
}
