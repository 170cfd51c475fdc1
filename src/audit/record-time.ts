import { writeDigits } from './ascii.js';

const PREFIX_LENGTH = '2026-11-20T22:40:01.'.length;

const text = Buffer.from('1970-01-01T00:00:00.000000Z', 'latin1');
let lastSecond = 0;

/**
 * RFC 3339 in UTC with six digits of a second: `2026-11-20T22:40:01.123456Z`, always 27 bytes, which the next call writes over.
 * @param micros - microseconds since the epoch, years 1970 to 9999
 */
export function formatMicros(micros: number): Buffer {
  const second = Math.floor(micros / 1_000_000);
  if (second !== lastSecond) {
    text.write(new Date(second * 1000).toISOString().slice(0, PREFIX_LENGTH), 'latin1');
    lastSecond = second;
  }
  writeDigits(text, PREFIX_LENGTH, 6, Math.floor(micros - second * 1_000_000));
  return text;
}
