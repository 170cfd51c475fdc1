import { digitAt, isMod11And10, weightedSum } from './check-digits.js';

/** How the numbers of one country look, and which of them hold. */
export interface NationalId {
  /** Global, of bounded length. */
  readonly pattern: RegExp;
  /** @param code - a match in upper case, without separators */
  readonly holds: (code: string) => boolean;
  /** Words of which one must stand nearby, where the number alone says too little. */
  readonly near?: RegExp;
}

/** Not in the middle of a longer code, and no decimals. */
function whole(pattern: string, flags = 'g'): RegExp {
  return new RegExp(`(?<![A-Za-z0-9]|\\d\\.)(?:${pattern})(?![A-Za-z0-9])`, flags);
}

function near(words: string): RegExp {
  return new RegExp(`(?<![a-z])(?:${words})(?![a-z])`, 'i');
}

const OMOCODIA = '[0-9L-NP-V]';

/** The national identification numbers that are known. */
export const NATIONAL_IDS: readonly NationalId[] = [
  // United States, social security number
  {
    pattern: whole(String.raw`(?!000|666|9)\d{3}([- ]?)(?!00)\d\d\1(?!0000)\d{4}`),
    holds: () => true,
    near: near(String.raw`ssn|social(?: |_|-)?security|soc\.? ?sec|social`),
  },
  // Spain, DNI and NIE
  { pattern: whole(String.raw`\d\d\.?\d{3}\.?\d{3}[- ]?[A-Z]|[XYZ][- ]?\d{7}[- ]?[A-Z]`, 'gi'), holds: isSpanish },
  // France, NIR
  {
    pattern: whole(
      String.raw`[1-478][ .-]?\d\d[ .-]?\d\d[ .-]?(?:\d\d|2[AB])[ .-]?\d{3}[ .-]?\d{3}[ .-]?(?:\/ ?)?\d\d`,
      'gi',
    ),
    holds: isFrench,
  },
  // Germany, Steuer-ID
  { pattern: whole(String.raw`[1-9]\d ?\d{3} ?\d{3} ?\d{3}`), holds: isGerman },
  // Italy, codice fiscale
  {
    pattern: whole(
      `[A-Z]{3} ?[A-Z]{3} ?${OMOCODIA}{2}[A-EHLMPRST]${OMOCODIA}{2} ?[A-Z]${OMOCODIA}{3}[A-Z]`.replaceAll(' ', '[ ]'),
      'gi',
    ),
    holds: isItalian,
  },
  // The Netherlands, BSN
  {
    pattern: whole(String.raw`\d{4}[. ]?\d\d[. ]?\d{3}|\d{3}[. ]\d{3}[. ]\d{3}|\d{8}`),
    holds: isDutch,
    near: near('bsn(?:-?nummer)?|burgerservicenummer|sofi(?:-?nummer)?|citizen service number'),
  },
  // Poland, PESEL
  { pattern: whole(String.raw`\d{11}`), holds: isPolish },
  // Brazil, CPF
  { pattern: whole(String.raw`\d{3}\.?\d{3}\.?\d{3}[-/]?\d\d`), holds: isBrazilian },
  // United Kingdom, National Insurance number
  {
    pattern: whole(
      String.raw`(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]`,
      'gi',
    ),
    holds: () => true,
    near: near(String.raw`nino|n\.?i\.?(?: |_|-)?(?:number|no|nr|#)|national(?: |_|-)?insurance`),
  },
];

/** @see Real Decreto 1553/2005 */
function isSpanish(code: string): boolean {
  const number = code.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(number) % 23) === code.slice(-1);
}

/** Month 20 to 42 and 50 to 99 where it is not known; Corsica counts as 19 and 18. */
function isFrench(code: string): boolean {
  const month = Number(code.slice(3, 5));
  if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
  const number = Number(code.slice(0, 13).replace('2A', '19').replace('2B', '18'));
  return 97 - (number % 97) === Number(code.slice(13));
}

/** Of the first ten digits exactly one occurs twice or three times, and no other more than once. */
function isGerman(code: string): boolean {
  const times = new Array<number>(10).fill(0);
  for (let index = 0; index < 10; index++) {
    const digit = digitAt(code, index);
    times[digit] = (times[digit] ?? 0) + 1;
  }
  const repeated = times.filter((count) => count > 1);
  return repeated.length === 1 && Number(repeated[0]) <= 3 && isMod11And10(code);
}

const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** A digit counts as the letter of its place. @see Decreto Ministeriale 23 dicembre 1976 */
function isItalian(code: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const unit = code.charCodeAt(index);
    const value = unit < 0x41 ? unit - 0x30 : unit - 0x41;
    sum += index % 2 === 0 ? (ITALIAN_ODD[value] ?? 0) : value;
  }
  return sum % 26 === code.charCodeAt(15) - 0x41;
}

/** The test of eleven; eight digits had a leading zero. */
function isDutch(code: string): boolean {
  const digits = code.padStart(9, '0');
  return Number(digits) > 0 && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** The month tells the century: 1800 by 80, 2000 by 20, 2100 by 40, 2200 by 60. */
function isPolish(code: string): boolean {
  const month = Number(code.slice(2, 4)) % 20;
  const day = Number(code.slice(4, 6));
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return weightedSum(code, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

function isBrazilian(code: string): boolean {
  if (/^(\d)\1{10}$/.test(code)) return false;
  const first = ((weightedSum(code, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  const second = ((weightedSum(code, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  return first === digitAt(code, 9) && second === digitAt(code, 10);
}
