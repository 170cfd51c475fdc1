// @ts-check

const NUMBER = new Intl.NumberFormat('en-US');

/** @param {number} value */
export const count = (value) => NUMBER.format(value);

/**
 * @param {number} value
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/**
 * How long something took.
 * @param {number} micros
 */
export function duration(micros) {
  if (micros < 1_000) return `${Math.round(micros)} µs`;
  if (micros < 1_000_000) return `${(micros / 1_000).toFixed(micros < 10_000 ? 1 : 0)} ms`;
  if (micros < 60_000_000) return `${(micros / 1_000_000).toFixed(1)} s`;
  const minutes = Math.floor(micros / 60_000_000);
  if (minutes < 60) return `${minutes} min ${Math.round((micros / 1_000_000) % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/**
 * Position in a film: `+0:02.373`.
 * @param {number} micros
 */
export function offset(micros) {
  const seconds = Math.max(0, micros) / 1_000_000;
  return `+${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(3).padStart(6, '0')}`;
}

/**
 * Microseconds since the epoch of a record's time; undefined for what is none.
 * @param {unknown} time
 */
export function microsOf(time) {
  if (typeof time !== 'string') return undefined;
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return undefined;
  const [, digits = ''] = /\.(\d+)Z$/.exec(time) ?? [];
  return ms * 1_000 + Number(digits.slice(3, 6).padEnd(3, '0'));
}

/**
 * A time in UTC as it is shown: `2026-11-20 22:40:01`. What is no time stands as it came.
 * @param {unknown} time
 * @param {{ exact?: boolean }} [options]
 */
export function clock(time, { exact = false } = {}) {
  if (typeof time !== 'string' || microsOf(time) === undefined) return 'no time';
  const [day = '', rest = ''] = time.split('T');
  return `${day} ${rest.slice(0, exact ? 15 : 8).replace('Z', '')}`;
}

/**
 * How long until, or since, a moment: `in 4 min`, `3 h ago`.
 * @param {number} ms
 */
export function distance(ms) {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const steps = /** @type {const} */ ([
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]);
  const [length, unit] = steps.find(([each]) => seconds >= each) ?? [1, 's'];
  const text = `${Math.floor(seconds / length)} ${unit}`;
  return ms >= 0 ? `in ${text}` : `${text} ago`;
}

const UNIT_MS = /** @type {Readonly<Record<string, number>>} */ ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 });

/**
 * A moment as people write it (`7d`, `30m`, a day, a time in UTC) as the collector reads it. What is none stays as it is: the collector says so.
 * @param {string} text
 */
export function moment(text) {
  const [, length, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return new Date(Date.now() - Number(length) * unitMs).toISOString();
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return text;
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  const date = new Date(text.length === 10 || isZoned ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
