import { FailureError } from '../errors.js';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a moment from a command-line argument: a time such as `2026-11-20T22:40:01Z`, a day, or how long ago: `90s`, `30m`, `2h`, `7d`.
 * @returns as records write their times: RFC 3339 in UTC with six digits of a second
 * @throws FailureError `OPTIONS_INVALID`
 */
export function parseSince(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  const ms = unitMs === undefined ? timeOf(text) : Date.now() - Number(count) * unitMs;
  if (Number.isNaN(ms)) {
    throw new FailureError('OPTIONS_INVALID', `${JSON.stringify(text)} is no time such as 2026-11-20T22:40:01Z, or 2h`);
  }
  return new Date(ms).toISOString().replace('Z', '000Z');
}

const timeOf = (text: string): number => (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN);
