/**
 * Whether the last digit is right by the Luhn formula.
 * @see ISO/IEC 7812-1, annex B
 */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 1; place <= digits.length; place++) {
    const digit = digitAt(digits, digits.length - place);
    const weighted = place % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The sum of the first digits, each times its weight. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * digitAt(digits, index), 0);
}

/**
 * The remainder by 97 of a code whose letters stand for 10 to 35.
 * @param code - A to Z and digits
 * @see ISO/IEC 7064, MOD 97-10
 */
export function mod97(code: string): number {
  let remainder = 0;
  for (let index = 0; index < code.length; index++) {
    const unit = code.charCodeAt(index);
    remainder = unit < 0x41 ? (remainder * 10 + unit - 0x30) % 97 : (remainder * 100 + unit - 0x37) % 97;
  }
  return remainder;
}

/**
 * Whether the last digit is right by a hybrid system of two moduli.
 * @see ISO/IEC 7064, MOD 11,10
 */
export function isMod11And10(digits: string): boolean {
  let product = 10;
  for (let index = 0; index < digits.length - 1; index++) {
    const sum = (digitAt(digits, index) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

/** The digit at an index; the text is known to have one there. */
export function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - 0x30;
}
