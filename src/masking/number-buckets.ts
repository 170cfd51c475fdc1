/**
 * Rounds a decimal number down to a multiple of a size, without noise: equal values stay equal.
 * @param text decimal digits, with a fraction or an exponent
 * @param size positive
 * @returns a number with as many digits behind the point; undefined where `text` is none
 */
export function bucketOf(text: string, size: number): string | undefined {
  if (/e/i.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? String(Math.floor(value / size) * size) : undefined;
  }
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const [sizeWhole = '', sizeFraction = ''] = size.toFixed(10).replace(/0+$/, '').split('.');
  const digits = Math.max(fraction.length, sizeFraction.length);
  const scaled = (left: string, right: string): bigint => BigInt(left + right.padEnd(digits, '0'));
  const step = scaled(sizeWhole, sizeFraction);
  const value = scaled(whole, fraction) * (sign === '-' ? -1n : 1n);
  const rest = ((value % step) + step) % step;
  return render(value - rest, digits, fraction.length);
}

/** Of so many digits behind the point, those that the column has. */
function render(value: bigint, digits: number, kept: number): string {
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).slice(0, kept);
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
