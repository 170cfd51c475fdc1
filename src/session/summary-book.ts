import type { AuditTrail, OutcomeStatus, StatementOutcome, SummaryRecord } from '../audit/index.js';
import { FailureError } from '../errors.js';
import { epochMicros } from './clock.js';
import type { OutcomeWriter } from './running-command.js';

const INTERVAL_MS = 60_000;
/** Most kinds of statements that are counted at a time: what comes beyond is told early, so that memory is bounded. */
const MAX_SUMMARIES = 10_000;

interface Summary {
  /** JSON members: `"agent":{…},"task":{…},"db":{…}`. */
  readonly who: string;
  /** JSON members: `"digest":…,"fingerprint":…`. */
  readonly shape: string;
  readonly fromMicros: number;
  toMicros: number;
  statements: number;
  readonly outcomes: Partial<Record<OutcomeStatus, number>>;
  readonly errors: Record<string, number>;
  rows: number;
  affected: number;
  bytes: number;
  durationMicros: number;
  maxDurationMicros: number;
  readonly masked: Set<string>;
}

/** Counts statements that need no record of their own, and records the counts every minute and at the end. */
export class SummaryBook implements OutcomeWriter {
  readonly #trail: AuditTrail;
  /** By who, and then by shape. */
  readonly #summaries = new Map<string, Map<string, Summary>>();
  #size = 0;
  /** What the statement of a ticket counts for, as it was when it began: it may have been told since. */
  readonly #open = new Map<number, Summary>();
  #tickets = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(trail: AuditTrail) {
    this.#trail = trail;
    this.#timer = setInterval(() => this.#tell(), INTERVAL_MS).unref();
  }

  /**
   * A statement is about to run.
   * @param who - JSON members of the one who runs it
   * @param shape - JSON members of what it is
   * @returns the ticket that {@link outcome} takes
   * @throws FailureError `JOURNAL_UNAVAILABLE` where no more can be counted, because nothing could be told for too long
   */
  begin(who: string, shape: string): number {
    if (this.#size >= MAX_SUMMARIES) this.#tell();
    if (this.#size >= MAX_SUMMARIES) {
      throw new FailureError('JOURNAL_UNAVAILABLE', 'the audit journal takes no summaries: see to its disk');
    }
    this.#tickets += 1;
    this.#open.set(this.#tickets, this.#summaryOf(who, shape));
    return this.#tickets;
  }

  /** @param outcome - of the statement with this ticket */
  outcome(ticket: number, outcome: StatementOutcome): void {
    const begun = this.#open.get(ticket);
    if (begun === undefined) return;
    this.#open.delete(ticket);
    const { status, errorCode, rows = 0, affected = 0, bytes = 0, durationMicros, masked = [] } = outcome;
    const summary = this.#summaryOf(begun.who, begun.shape);
    summary.toMicros = epochMicros();
    summary.statements += 1;
    summary.outcomes[status] = (summary.outcomes[status] ?? 0) + 1;
    if (errorCode !== undefined) summary.errors[errorCode] = (summary.errors[errorCode] ?? 0) + 1;
    summary.rows += rows;
    summary.affected += Number(affected);
    summary.bytes += bytes;
    summary.durationMicros += durationMicros;
    summary.maxDurationMicros = Math.max(summary.maxDurationMicros, durationMicros);
    for (const column of masked) summary.masked.add(column);
  }

  /** Nobody knows how what is still open ends; all is told. */
  close(): void {
    clearInterval(this.#timer);
    for (const ticket of [...this.#open.keys()]) this.outcome(ticket, { status: 'unknown', durationMicros: 0 });
    this.#tell();
  }

  #summaryOf(who: string, shape: string): Summary {
    let ofWho = this.#summaries.get(who);
    if (ofWho === undefined) this.#summaries.set(who, (ofWho = new Map<string, Summary>()));
    let summary = ofWho.get(shape);
    if (summary === undefined) {
      const now = epochMicros();
      summary = {
        ...{ who, shape, fromMicros: now, toMicros: now, statements: 0, outcomes: {}, errors: {} },
        ...{ rows: 0, affected: 0, bytes: 0, durationMicros: 0, maxDurationMicros: 0, masked: new Set<string>() },
      };
      ofWho.set(shape, summary);
      this.#size += 1;
    }
    return summary;
  }

  /** What cannot be told now is told the next time. */
  #tell(): void {
    for (const [who, ofWho] of this.#summaries) {
      for (const [shape, summary] of ofWho) {
        if (!this.#told(summary)) return;
        ofWho.delete(shape);
        this.#size -= 1;
      }
      this.#summaries.delete(who);
    }
  }

  #told(summary: Summary): boolean {
    if (summary.statements === 0) return true;
    const { who, shape, toMicros } = summary;
    const members = `${who},"statement":{${shape}},"event":${JSON.stringify(eventOf(summary))}`;
    try {
      this.#trail.event('summary', toMicros, members);
    } catch {
      return false;
    }
    return true;
  }
}

function eventOf(summary: Summary): SummaryRecord['event'] {
  const { errors, masked } = summary;
  return {
    action: 'counted',
    from: timeOf(summary.fromMicros),
    to: timeOf(summary.toMicros),
    statements: summary.statements,
    outcomes: summary.outcomes,
    ...(Object.keys(errors).length > 0 && { errors }),
    rows: summary.rows,
    affected: summary.affected,
    bytes: summary.bytes,
    duration_us: summary.durationMicros,
    max_duration_us: summary.maxDurationMicros,
    ...(masked.size > 0 && { masked: [...masked] }),
  };
}

function timeOf(micros: number): string {
  const below = String(Math.floor(micros % 1_000)).padStart(3, '0');
  return `${new Date(micros / 1_000).toISOString().slice(0, -1)}${below}Z`;
}
