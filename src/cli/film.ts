import { capturedRows } from './captured-rows.js';
import { callerOf, formatRecord } from './format-record.js';
import { printable } from '../printable.js';
import { clockOf, lengthOf, microsOf } from './record-clock.js';
import { type Members, members } from './record-members.js';
import { type Paint, painter } from './terminal.js';

/** Nobody notices a shorter one. */
const PAUSE_MICROS = 1_000_000;
const MAX_NAME_CHARS = 120;

/** One record of a session, ready to be shown. */
export interface FilmFrame {
  /** Microseconds from the session's first record to this one. */
  readonly sinceStartMicros: number;
  /** One or more lines without a final newline. */
  readonly text: string;
}

/** Turns the records of one session, in order, into what a person sees: what has changed since the last one, what is missing, and when. */
export class Film {
  readonly #colour: boolean;
  readonly #paint: Paint;
  #startMicros: number | undefined;
  /** When the last statement ended. */
  #endMicros: number | undefined;
  #caller = '';
  #database = '';
  #statementNo = 0;

  constructor(colour: boolean) {
    this.#colour = colour;
    this.#paint = painter(colour);
  }

  /** The next record. @param record as parsed from JSON: attacker-controlled */
  frame(record: unknown): FilmFrame {
    const root = members(record);
    const at = microsOf(root.time) ?? this.#endMicros ?? this.#startMicros ?? 0;
    this.#startMicros ??= at;
    const sinceStartMicros = at - this.#startMicros;
    const lines = [this.#pause(at), this.#gap(root), ...this.#changes(root)];
    const clock = clockOf(sinceStartMicros).padStart(11);
    lines.push(formatRecord(record, { colour: this.#colour, clock }));
    lines.push(...capturedRows(root.outcome).map((row) => this.#paint('dim', `      → ${row}`)));
    const duration = members(root.outcome).duration_us;
    this.#endMicros = Math.max(this.#endMicros ?? at, at + (typeof duration === 'number' ? duration : 0));
    return { sinceStartMicros, text: lines.filter((line) => line !== undefined).join('\n') };
  }

  #pause(at: number): string | undefined {
    const micros = this.#endMicros === undefined ? 0 : at - this.#endMicros;
    return micros < PAUSE_MICROS ? undefined : this.#paint('dim', `            … ${lengthOf(micros)} later`);
  }

  /** Statements are numbered without gaps. */
  #gap({ type, session }: Members): string | undefined {
    const no = members(session).statement_no;
    if (type !== 'statement' || typeof no !== 'number') return undefined;
    const [first, last] = [this.#statementNo + 1, no - 1];
    this.#statementNo = no;
    if (last < first) return undefined;
    const which = first === last ? `statement ${first} is` : `statements ${first} to ${last} are`;
    return this.#paint('yellow', `            ${which} not among the records`);
  }

  /** Who it is, for what, and in which schema, where that is not as it was. */
  #changes(root: Members): (string | undefined)[] {
    const isStatement = root.type === 'statement';
    const caller = callerOf(root, this.#paint);
    const isNewCaller = isStatement && caller !== this.#caller;
    const database = databaseOf(root);
    const isNewDatabase = database !== undefined && database !== this.#database;
    if (isNewCaller) this.#caller = caller;
    if (isNewDatabase) this.#database = database;
    return [isNewDatabase ? this.#paint('dim', `── ${database}`) : undefined, isNewCaller ? `── ${caller}` : undefined];
  }
}

/** `mariadb db1:3306, schema shop, as svc_agents`. */
function databaseOf(root: Members): string | undefined {
  const { system, server, namespace, user } = members(root.db);
  if (typeof system !== 'string') return undefined;
  const parts = [
    typeof server === 'string' ? `${system} ${server}` : system,
    ...(typeof namespace === 'string' ? [`schema ${namespace}`] : []),
    ...(typeof user === 'string' ? [`as ${user}`] : []),
  ];
  return printable(parts.map((part) => part.slice(0, MAX_NAME_CHARS)).join(', '));
}
