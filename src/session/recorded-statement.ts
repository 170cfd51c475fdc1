import type { ApprovalStatement } from '../approval/approver.js';
import type { Verdict } from '../guardrails/verdict.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import { touchedTables } from '../sql/index.js';
import { commandName } from '../wire/constants.js';
import type { ParameterValue } from '../wire/parameters.js';

/** One statement as it is to be recorded. */
export interface RecordedStatement {
  /** `COM_QUERY` … */
  readonly command: string;
  readonly analysed: AnalysedStatement | undefined;
  /** Holds the text in UTF-8, from `textStart` to `textEnd`. */
  readonly text: Buffer;
  readonly textStart: number;
  readonly textEnd: number;
  /** JSON array, or undefined. */
  readonly parameters: string | undefined;
  /** What the rules said; undefined of a command that has no statement, and of one that is refused. */
  readonly verdict: Verdict | undefined;
}

/** A command that carries no statement. */
export function bareStatement(command: number, text: string): RecordedStatement {
  const bytes = Buffer.from(text);
  return {
    command: commandName(command),
    analysed: undefined,
    text: bytes,
    textStart: 0,
    textEnd: bytes.length,
    parameters: undefined,
    verdict: undefined,
  };
}

/** A copy: the packet that it came in is not kept. */
export function textOfPrepare([statement]: readonly RecordedStatement[]): Buffer | undefined {
  return statement && Buffer.from(statement.text.subarray(statement.textStart, statement.textEnd));
}

/** A statement as an approver sees it. */
export function approvalStatement({
  analysed,
  text,
  textStart,
  textEnd,
  parameters,
}: RecordedStatement): ApprovalStatement {
  const tables = analysed === undefined ? [] : touchedTables(analysed);
  return {
    text: text.toString('utf8', textStart, textEnd),
    parameters,
    operation: analysed?.analysis.operation ?? 'UNKNOWN',
    tables,
  };
}

/** The parameters for the record. @param redact - whether one of them may be a masked value */
export function encodeParameters(values: readonly ParameterValue[], redact: boolean): string | undefined {
  if (values.length === 0) return undefined;
  return JSON.stringify(redact ? values.map((value) => (value === null ? null : '[redacted]')) : values);
}

/** The text for the record; the fingerprint where a literal may be a masked value. */
export function recordedText(
  masks: MaskPolicy,
  command: string,
  analysed: AnalysedStatement,
  payload: Buffer,
  textStart: number,
  textEnd: number,
  verdict: Verdict | undefined,
): RecordedStatement {
  if (!masks.effectOn(analysed).redact) {
    return { command, analysed, text: payload, textStart, textEnd, parameters: undefined, verdict };
  }
  const text = Buffer.from(analysed.fingerprint);
  return { command, analysed, text, textStart: 0, textEnd: text.length, parameters: undefined, verdict };
}
