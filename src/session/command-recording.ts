/**
 * How commands are recorded: which text and how much of it, and whether each statement has a record of its own.
 *
 * @module
 */
import type { Approval } from '../approval/approver.js';
import { type Durability, strongest } from '../audit/index.js';
import type { CaptureBounds, RecordDemand } from '../guardrails/record-demand.js';
import type { Verdict } from '../guardrails/verdict.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement, AnalysisScope } from '../sql/analysis.js';
import type { Analyser } from '../sql/index.js';
import { commandName } from '../wire/constants.js';
import { type RecordedStatement, recordedStatement } from './recorded-statement.js';
import type { Actor, Refusal } from './statement-judge.js';
import type { StatementRecorder } from './statement-recorder.js';

/** The verdict on each statement of a text, or why none of them runs. */
export type Judged = readonly Verdict[] | Refusal;

/** How each statement is to be recorded; empty where no rule says so. */
export type Demands = readonly (RecordDemand | undefined)[];

const NONE: readonly never[] = [];

/** A text that was sent. */
export interface SentText {
  readonly command: number;
  /** Holds it, from `start` to its end. */
  readonly payload: Buffer;
  readonly start: number;
  readonly statements: readonly AnalysedStatement[];
  readonly scope: AnalysisScope;
  readonly masks: MaskPolicy;
}

/** How the statements of a command are recorded. */
export interface Taken {
  /** One a statement. */
  readonly tickets: readonly number[];
  /** They have no records of their own. */
  readonly isCounted: boolean;
  /** What their records have to survive, where that is more than all have to. */
  readonly durability: Durability | undefined;
  /** The server's messages may repeat what the records do not tell. */
  readonly hidesErrors: boolean;
  /** How much of each statement's result is recorded; empty where nothing is. */
  readonly captures: readonly (CaptureBounds | undefined)[];
}

/** The statements of a text as they are to be recorded. */
export function recordedTexts(
  analyser: Analyser,
  { command, payload, start, statements, scope, masks }: SentText,
  judged: Judged,
  demands: Demands,
): readonly RecordedStatement[] {
  const name = commandName(command);
  const end = payload.length;
  const spans = statements.length === 1 ? [{ start, end }] : analyser.split(payload, start, end, scope);
  return statements.map((analysed, index) => {
    const span = spans[index] ?? { start, end };
    const sent = { command: name, analysed, bytes: payload, start: span.start, end: span.end, values: NONE };
    return recordedStatement(sent, masks, demands[index], verdictAt(judged, index));
  });
}

/**
 * Records, or counts, the statements of a command that is about to be sent.
 * @throws FailureError where that was not possible: none of them may be sent
 */
export function take(
  recorder: StatementRecorder,
  actor: Actor,
  recorded: readonly RecordedStatement[],
  verdicts: readonly Verdict[],
  demands: Demands,
  approvals: readonly Approval[],
): Taken {
  const isCounted = isCountedOnly(verdicts, demands);
  const durability = isCounted ? undefined : durabilityOf(demands);
  const tickets = isCounted
    ? recorder.counted(actor, recorded)
    : recorder.intents(actor, recorded, approvals, durability);
  const captures = !isCounted && recorded.some(isCaptured) ? recorded.map(({ capture }) => capture) : NONE;
  return { tickets, isCounted, durability, hidesErrors: recorded.some(isRedacted), captures };
}

function isCaptured({ capture }: RecordedStatement): boolean {
  return capture !== undefined;
}

function isRedacted({ redacted }: RecordedStatement): boolean {
  return redacted;
}

/** Whether a text is refused. */
export function isRefusal(judged: Judged): judged is Refusal {
  return 'code' in judged;
}

/** The verdict on one statement; undefined where the text is refused. */
export function verdictAt(judged: Judged, index: number): Verdict | undefined {
  return isRefusal(judged) ? undefined : judged[index];
}

/** Whether statements are only counted: the rules want it so, and have nothing else to say of them. */
function isCountedOnly(verdicts: readonly Verdict[], demands: Demands): boolean {
  return (
    demands.length > 0 &&
    demands.every((demand) => demand?.detail === 'summary') &&
    verdicts.every(({ effect, notes }) => effect === 'allow' && notes.length === 0)
  );
}

function durabilityOf(demands: Demands): Durability | undefined {
  return demands.length === 0 ? undefined : strongest(demands.map((demand) => demand?.durability));
}
