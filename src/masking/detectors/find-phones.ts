import { isIP } from 'node:net';
import type { CountryCode } from 'libphonenumber-js/max';
import { phoneLibrary } from './phone-library.js';
import { isDigit } from './characters.js';
import { digitsOf, LocalPhones, localPlan } from './local-phones.js';
import { isNear, spansOf } from './matches.js';
import type { Span } from './span.js';

/**
 * 7 to 17 digits with up to three separators between two. A bracket is of it where it closes; the lookarounds keep it out of codes, sums and
 * decimals.
 */
const CANDIDATE =
  /(?<![A-Za-z0-9_+]|\d[.,)-])(?:\+ ?\(?|\(\+?(?=\d{1,5}\)))?\d(?:[ .\-/()\u00a0\u2010-\u2013\u202f]{0,3}\d){6,16}(?![A-Za-z0-9_]|[.,]\d)/g;

/** Words that announce a number, without letters of their own script at either side. */
const WORDS = new RegExp(
  `(?<![a-zà-ÿа-я])(?:${[
    ...['tel', 't[eé]l[eé]phones?', 'telef(?:on|oon|ón|ono|ône|one)', 'telefon-?(?:nummer|nr)', 'telefoonnummer'],
    ...['phones?', 'mobiles?', 'mobil(?:telefon|nummer)?', 'm[oó]vil', 'cell', 'cellulare', 'cellphone', 'celular'],
    ...['call', 'dial', 'sms', 'fax', 'whatsapp', 'handy(?:nummer)?', 'rufnummer', 'portable', 'komórka', 'gsm'],
    ...['телефон', 'тел', 'моб'],
  ].join('|')})(?![a-zà-ÿа-я])|电话|電話|手机|手機|携帯`,
  'i',
);

const DATE = /^(?:(?:19|20)\d\d([-/.])\d\d\1\d\d|\d{1,2}([-/.])\d{1,2}\2(?:19|20)\d\d)(?!\d)/;

const DECIMAL = /^\d{1,2}\.\d+$/;

/** A number may have swallowed up to three groups of digits that follow. */
const MAX_CUTS = 3;

/**
 * Makes what finds phone numbers: those with a leading `+` of a known country, those with a word such as `tel` nearby, and those that are
 * valid in the default region as dialled there.
 */
export function phoneFinder(region: CountryCode | undefined): (text: string) => Span[] {
  const plan = region === undefined ? undefined : localPlan(region);
  return (text) => {
    const local = plan === undefined ? undefined : new LocalPhones(plan);
    return spansOf(CANDIDATE, text, (match, start) => phoneLength(text, match, start, local));
  };
}

function phoneLength(text: string, match: string, start: number, local: LocalPhones | undefined): number {
  const length = checkedLength(text, match, start, local);
  return length === 0 && isNear(WORDS, text, start, match.length) && !isOther(match) ? match.length : length;
}

/** How much of a candidate is a number for what it is. */
function checkedLength(text: string, match: string, start: number, local: LocalPhones | undefined): number {
  if (/^\(?\+/.test(match)) return longestPrefix(match, isInternational);
  if (local === undefined || isOther(match) || isJoined(text, start, match.length)) return 0;
  local.begin(start, match.length);
  return longestPrefix(match, (number) => local.isDialled(number));
}

function isOther(match: string): boolean {
  return DATE.test(match) || DECIMAL.test(match) || isIP(match) !== 0;
}

/** What a dash joins to a word is an identifier, such as a part of a UUID. */
function isJoined(text: string, start: number, length: number): boolean {
  const end = start + length;
  return /[A-Za-z]-$/.test(text.slice(Math.max(0, start - 2), start)) || /^-[A-Za-z0-9]/.test(text.slice(end, end + 2));
}

function longestPrefix(match: string, isPhone: (number: string) => boolean): number {
  let length = match.length;
  for (let cuts = 0; cuts <= MAX_CUTS && length > 0; cuts++) {
    if (isPhone(match.slice(0, length))) return length;
    length = endOfGroupBefore(match, length);
  }
  return 0;
}

function endOfGroupBefore(match: string, length: number): number {
  let end = length;
  while (end > 0 && isDigit(match.charCodeAt(end - 1))) end--;
  while (end > 0 && !isDigit(match.charCodeAt(end - 1))) end--;
  return end;
}

/** Of a known country and a possible length: new ranges are in use before the library hears of them. */
function isInternational(number: string): boolean {
  return (
    phoneLibrary()
      .parsePhoneNumberFromString(`+${digitsOf(number)}`, { extract: false })
      ?.isPossible() === true
  );
}
