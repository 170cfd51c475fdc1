import type { Circumstances } from '../matching/circumstances.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import type { AnswerLimits } from './limits.js';
import type { RecordDemand } from './record-demand.js';

/** What a rule does with a statement that it matches. Of several rules, `deny` goes before `approve`, and that before `allow`. */
export type Effect =
  /** It may run. */
  | 'allow'
  /** It is refused. */
  | 'deny'
  /** It waits for an approver, and is refused where none grants it in time. */
  | 'approve'
  /** It may run, and the record says that the rule matched. */
  | 'warn';

/**
 * What a statement is, as far as rules look at it. Rules are asked about what a caller sends, and about each statement that runs because of it,
 * in views, routines and triggers and by foreign keys: what one of them is not allowed is not allowed.
 */
export interface RuleSubject {
  readonly statement: AnalysedStatement;
  /** Views, routines, triggers and foreign keys that it runs in, the outermost first, `schema.name`. Absent where the caller sent it. */
  readonly within?: readonly string[];
  /** What the caller sent, where this is not it. */
  readonly sent?: AnalysedStatement;
  /** How many statements the text has that it came in. */
  readonly statementCount: number;
  /** The governor's `environment`, such as `production`. */
  readonly environment: string | undefined;
}

/** A rule of the guardrails. Synchronous and pure. One that throws denies, whatever its effect. */
export interface Rule {
  /** Stands in the record and in the caller's error: lower case letters, digits, `.`, `_` and `-`, at most 64 characters. */
  readonly name: string;
  /** Default `deny`. */
  readonly effect?: Effect;
  /** The rule decides nothing, and the record says what it would have decided. Default false. */
  readonly dryRun?: boolean;
  /**
   * Why the rule is about this statement, for the caller to read; undefined where it is not. Asked once for each analysed statement: the
   * answer is kept with its analysis.
   */
  readonly matches: (subject: RuleSubject) => string | undefined;
  /** Whether it holds for who runs the statement now. Asked each time. Absent: for everybody, always. */
  readonly appliesTo?: (circumstances: Circumstances) => boolean;
  /** Bounds of the answer of what it matches, whichever rule decides. With them, `warn` notes nothing. */
  readonly limits?: AnswerLimits;
  /** How what it matches is recorded, whichever rule decides. With it, `warn` notes nothing. */
  readonly record?: RecordDemand;
}
