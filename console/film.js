// @ts-check
import { ask } from './api.js';
import { microsOf } from './format.js';
import { lineOf } from './members.js';

const PAGE = '500';
const MAX_RECORDS = 5_000;
/** Nobody notices a shorter one. */
const PAUSE_MICROS = 1_000_000;

/**
 * One record of a film.
 * @typedef {object} Frame
 * @property {unknown} record
 * @property {import('./members.js').RecordLine} line
 * @property {number} micros from the start of the session
 * @property {number | undefined} pauseMicros how long nothing ran before
 * @property {string | undefined} missing which statements before it are not among the records
 */

/**
 * Reads the records of a session.
 * @param {string} session
 * @param {AbortSignal} signal
 * @returns {Promise<{ frames: Frame[], isWhole: boolean }>}
 */
export async function readFilm(session, signal) {
  /** @type {unknown[]} */
  const records = [];
  for (let after = '0'; ;) {
    const answer = await ask('/v1/records', { query: { session, order: 'asc', limit: PAGE, after }, signal });
    records.push(...answer.records);
    after = answer.next;
    if (answer.more !== true) return { frames: framesOf(records), isWhole: true };
    if (records.length >= MAX_RECORDS) return { frames: framesOf(records), isWhole: false };
  }
}

/**
 * Puts the records of one session in the order of its statements: they come in the order of the outcomes, in which a refusal may overtake a
 * statement that still runs.
 * @param {readonly unknown[]} records
 * @returns {Frame[]}
 */
export function framesOf(records) {
  let highest = 0;
  const numbered = records.map((record) => {
    const line = lineOf(record);
    // What is no statement comes after the statements that it came after.
    const no = line.statementNo ?? highest;
    highest = Math.max(highest, no);
    return { record, line, no };
  });
  numbered.sort((one, other) => one.no - other.no);
  let [start, end, last] = [
    /** @type {number | undefined} */ (undefined),
    /** @type {number | undefined} */ (undefined),
    0,
  ];
  return numbered.map(({ record, line }) => {
    const at = microsOf(line.time) ?? end ?? start ?? 0;
    start ??= at;
    const idle = end === undefined ? 0 : at - end;
    end = Math.max(end ?? at, at + (line.durationMicros ?? 0));
    const missing = line.type === 'statement' ? missingOf(last, line.statementNo) : undefined;
    if (line.type === 'statement') last = line.statementNo ?? last;
    return { record, line, micros: at - start, pauseMicros: idle < PAUSE_MICROS ? undefined : idle, missing };
  });
}

/**
 * Statements are numbered without gaps.
 * @param {number} last
 * @param {number | undefined} no
 */
function missingOf(last, no) {
  if (no === undefined || no <= last + 1) return undefined;
  return no === last + 2
    ? `Statement ${last + 1} is not among the records`
    : `Statements ${last + 1} to ${no - 1} are not among the records`;
}
