/** How much a statement may answer, and for how long it may run. */
export interface AnswerLimits {
  /** Most rows of a result set. */
  readonly maxRows?: number;
  /** Most bytes of the rows of a result set. */
  readonly maxBytes?: number;
  /** Most milliseconds from the statement's start to the end of its answer. */
  readonly maxDurationMs?: number;
  /** What the caller gets of rows or bytes beyond: an error, or the rows up to there as if there were no more. Default `error`. */
  readonly onExceed?: 'error' | 'truncate';
}

/** The limits that hold for a statement: the narrowest of all rules that match. */
export interface HeldLimits {
  /** Infinity where there is none, here and below. */
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxDurationMs: number;
  readonly truncates: boolean;
  /** The rules that the limits are from, for the error and the record. */
  readonly rule: string;
}

/** The limits of one rule for a statement. @param canTruncate - stopping anything but a plain read takes back what it did */
export function heldLimits(rule: string, limits: AnswerLimits, canTruncate: boolean): HeldLimits {
  const { maxRows = Infinity, maxBytes = Infinity, maxDurationMs = Infinity, onExceed } = limits;
  return { maxRows, maxBytes, maxDurationMs, truncates: canTruncate && onExceed === 'truncate', rule };
}

/** @returns undefined where there are none */
export function narrowest(all: readonly HeldLimits[]): HeldLimits | undefined {
  if (all.length === 0) return undefined;
  return Object.freeze({
    maxRows: Math.min(...all.map(({ maxRows }) => maxRows)),
    maxBytes: Math.min(...all.map(({ maxBytes }) => maxBytes)),
    maxDurationMs: Math.min(...all.map(({ maxDurationMs }) => maxDurationMs)),
    truncates: all.every(({ truncates }) => truncates),
    rule: [...new Set(all.map(({ rule }) => rule))].join(','),
  });
}
