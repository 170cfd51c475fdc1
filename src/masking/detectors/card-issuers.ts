/** First digits, from and to, and how many digits such a number has. */
type IssuerRange = readonly [from: number, to: number, shortest: number, longest: number];

/** Ranges of the networks as they publish them; broad where they overlap. */
const RANGES: readonly IssuerRange[] = [
  [4, 4, 13, 13], // Visa
  [4, 4, 16, 19], // Visa
  [51, 55, 16, 16], // Mastercard
  [2221, 2720, 16, 16], // Mastercard
  [34, 34, 15, 15], // American Express
  [37, 37, 15, 15], // American Express
  [300, 305, 14, 19], // Diners Club
  [3095, 3095, 14, 19], // Diners Club
  [36, 36, 14, 19], // Diners Club
  [38, 39, 14, 19], // Diners Club
  [6011, 6011, 16, 19], // Discover
  [644, 659, 16, 19], // Discover, RuPay, Troy, Verve
  [3528, 3589, 16, 19], // JCB
  [62, 62, 16, 19], // UnionPay
  [8100, 8299, 16, 19], // UnionPay, RuPay
  [5018, 5020, 13, 19], // Maestro, Dankort
  [5038, 5038, 13, 19], // Maestro
  [5893, 5893, 13, 19], // Maestro
  [6304, 6304, 13, 19], // Maestro
  [6759, 6763, 13, 19], // Maestro
  [2200, 2204, 16, 19], // Mir
  [6000, 6099, 16, 16], // RuPay, Hipercard
  [5060, 5099, 16, 19], // Verve, Elo, RuPay
  [5041, 5041, 16, 16], // Elo
  [636, 636, 16, 19], // InterPayment, Elo
  [9792, 9792, 16, 16], // Troy
  [8600, 8600, 16, 16], // Uzcard
  [9860, 9860, 16, 16], // Humo
];

/** Whether a network gives out numbers that begin so and are so long. */
export function isIssued(digits: string): boolean {
  const { length } = digits;
  return RANGES.some(([from, to, shortest, longest]) => {
    if (length < shortest || length > longest) return false;
    const prefix = Number(digits.slice(0, String(from).length));
    return prefix >= from && prefix <= to;
  });
}
