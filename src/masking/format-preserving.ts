import { FF1 } from '@noble/ciphers/ff1.js';

/** Fewest characters of each class: NIST asks for a million possible values. */
const LEAST_DIGITS = 6;
const LEAST_LETTERS = 5;
/** Most times that an integer is encrypted again until it fits. */
const MAX_WALKS = 64;

/**
 * Encrypts digits to digits and letters to letters, in their places, by FF1; everything else stays. Equal values stay equal.
 * @see https://doi.org/10.6028/NIST.SP.800-38G
 */
export class FormatPreserving {
  readonly #digits: ReturnType<typeof FF1>;
  readonly #letters: ReturnType<typeof FF1>;

  /** @param key of 16, 24 or 32 bytes */
  constructor(key: Buffer, tweak: Buffer) {
    this.#digits = FF1(10, key, tweak);
    this.#letters = FF1(26, key, tweak);
  }

  /** @returns undefined where the text has too few digits or letters, or characters that are neither and tell of it */
  text(text: string): string | undefined {
    if (/[^ -~]/.test(text)) return undefined;
    const digits = Array.from(text.matchAll(/\d/g), ([digit]) => Number(digit));
    const letters = Array.from(text.matchAll(/[a-z]/gi), ([letter]) => letter.toLowerCase().charCodeAt(0) - 0x61);
    const isShort = (count: number, least: number): boolean => count > 0 && count < least;
    if (digits.length + letters.length === 0) return undefined;
    if (isShort(digits.length, LEAST_DIGITS) || isShort(letters.length, LEAST_LETTERS)) return undefined;
    const newDigits = digits.length === 0 ? [] : this.#digits.encrypt(digits);
    const newLetters = letters.length === 0 ? [] : this.#letters.encrypt(letters);
    let digitAt = 0;
    let letterAt = 0;
    return text.replace(/[0-9a-z]/gi, (character) => {
      if (character >= '0' && character <= '9') return String(newDigits[digitAt++]);
      const letter = String.fromCharCode(0x61 + (newLetters[letterAt++] ?? 0));
      return character >= 'a' ? letter : letter.toUpperCase();
    });
  }

  /**
   * Encrypts the digits of an integer until there is no zero in front and it fits.
   * @returns undefined where it has too few digits, or none fits
   */
  integer(text: string, fits: (text: string) => boolean): string | undefined {
    const match = /^(-?)([1-9]\d*)$/.exec(text);
    const [, sign = '', digits = ''] = match ?? [];
    if (digits.length < LEAST_DIGITS) return undefined;
    let current = Array.from(digits, Number);
    for (let walk = 0; walk < MAX_WALKS; walk += 1) {
      current = this.#digits.encrypt(current);
      const next = sign + current.join('');
      if (current[0] !== 0 && fits(next)) return next;
    }
    return undefined;
  }
}
