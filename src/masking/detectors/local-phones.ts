import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import { phoneLibrary, phoneMetadata } from './phone-library.js';

/** The digits of a number, as dialled. */
type DigitTest = (digits: string) => boolean;

/** What a region says of the numbers that are dialled in it. */
export interface LocalPlan {
  readonly region: CountryCode;
  /** Whether so many digits are dialled: to parse them takes long. */
  readonly mayBeDialled: DigitTest;
}

const LEAST_DIGITS = 7;
/** More groups are a list of numbers. */
const MAX_GROUPS = 6;
/** So often one row of digits is parsed before it counts as a list of numbers: to parse takes some 20 µs. */
const MAX_PARSES = 24;

/** The plan of a region, from the tables of the library. A national prefix that is no zero is the country's code. */
export function localPlan(region: CountryCode): LocalPlan {
  const metadata = phoneMetadata();
  metadata.selectNumberingPlan(region);
  const lengths = new Set(metadata.numberingPlan?.possibleLengths());
  const code = phoneLibrary().getCountryCallingCode(region);
  const mayBeDialled: DigitTest = (digits) => {
    if (lengths.has(digits.length) || /^(?:00|011)/.test(digits)) return true;
    if (digits.startsWith('0') && (lengths.has(digits.length - 1) || lengths.has(digits.length - 2))) return true;
    return digits.startsWith(code) && lengths.has(digits.length - code.length);
  };
  return { region, mayBeDialled };
}

/** Knows the numbers of one region in one text. */
export class LocalPhones {
  readonly #plan: LocalPlan;
  #parses = 0;
  #rowEnd = 0;

  constructor(plan: LocalPlan) {
    this.#plan = plan;
  }

  /** Begins with a candidate; those of a text come in order. Candidates that overlap are of one row. */
  begin(start: number, length: number): void {
    if (start >= this.#rowEnd) this.#parses = 0;
    this.#rowEnd = start + length;
  }

  /** With all digits that a caller in the region dials: an order number may look like one without the leading zero. */
  isDialled(number: string): boolean {
    const { region, mayBeDialled } = this.#plan;
    const digits = digitsOf(number);
    if (digits.length < LEAST_DIGITS || !mayBeDialled(digits) || groupsOf(number) > MAX_GROUPS) return false;
    if (++this.#parses > MAX_PARSES) return false;
    const phone = phoneLibrary().parsePhoneNumberFromString(number, { defaultCountry: region, extract: false });
    return phone?.isValid() === true && (isNational(phone, digits) || isWithCode(phone, number, digits));
  }
}

/** What the library does not format may be anything. */
function isNational(phone: PhoneNumber, digits: string): boolean {
  const national = phone.formatNational();
  return national !== phone.nationalNumber && digits.endsWith(digitsOf(national));
}

/** Behind `00`, or in groups: many an order number begins with the code of a country. */
function isWithCode(phone: PhoneNumber, number: string, digits: string): boolean {
  return digits.endsWith(phone.number.slice(1)) && (digits.startsWith('0') || groupsOf(number) > 1);
}

function groupsOf(number: string): number {
  return number.match(/\d+/g)?.length ?? 0;
}

/** Leaves out all that is no digit. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
