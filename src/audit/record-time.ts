const THREE: readonly string[] = Array.from({ length: 1000 }, (_, n) => n.toString().padStart(3, '0'));

let lastSecond = Number.NaN;
let lastPrefix = '';

/**
 * RFC 3339 in UTC with six digits of a second: `2026-11-20T22:40:01.123456Z`, always 27 characters.
 * @param micros - microseconds since the epoch, years 1970 to 9999
 */
export function formatMicros(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  if (second !== lastSecond) {
    lastPrefix = new Date(second * 1000).toISOString().slice(0, 20);
    lastSecond = second;
  }
  const rest = Math.floor(micros - second * 1_000_000);
  return `${lastPrefix}${THREE[Math.floor(rest / 1000)] ?? '000'}${THREE[rest % 1000] ?? '000'}Z`;
}
