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
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxDurationMs: number;
  readonly truncates: boolean;
  /** The rules that the limits are from, for the error and the record. */
  readonly rule: string;
}

/** @returns undefined where there are none */
export function narrowest(
  all: readonly { readonly rule: string; readonly limits: AnswerLimits }[],
): HeldLimits | undefined {
  if (all.length === 0) return undefined;
  const least = (pick: (limits: AnswerLimits) => number | undefined): number =>
    Math.min(...all.map(({ limits }) => pick(limits) ?? Infinity));
  return Object.freeze({
    maxRows: least(({ maxRows }) => maxRows),
    maxBytes: least(({ maxBytes }) => maxBytes),
    maxDurationMs: least(({ maxDurationMs }) => maxDurationMs),
    truncates: all.every(({ limits }) => limits.onExceed === 'truncate'),
    rule: all.map(({ rule }) => rule).join(','),
  });
}
