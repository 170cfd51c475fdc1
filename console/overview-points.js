// @ts-check

/** The hours or days of a chart, without gaps. @typedef {{ readonly names: readonly string[], readonly seconds: readonly number[], readonly step: 'hour' | 'day' }} Slots */

const STEP_MS = { hour: 3_600_000, day: 86_400_000 };
const CHARS = { hour: '2026-11-22T10'.length, day: '2026-11-22'.length };

/**
 * @param {Date} since
 * @param {Date} until
 * @param {'hour' | 'day'} step
 * @returns {Slots}
 */
export function slotsOf(since, until, step) {
  const first = Math.floor(since.getTime() / STEP_MS[step]) * STEP_MS[step];
  const names = [];
  const seconds = [];
  for (let ms = first; ms <= until.getTime(); ms += STEP_MS[step]) {
    names.push(new Date(ms).toISOString().slice(0, CHARS[step]));
    seconds.push(ms / 1_000);
  }
  return { names, seconds, step };
}

/**
 * The counts of each slot; none is 0.
 * @param {readonly any[]} points
 * @param {Slots} slots
 */
export function pointsOf(points, { names }) {
  const known = new Map(points.map((point) => [point.time, point]));
  const of = (/** @type {string} */ count) => names.map((name) => Number(known.get(name)?.[count] ?? 0));
  return { statements: of('statements'), refused: of('refused'), errors: of('errors') };
}
