import type { Verdict } from '../guardrails/verdict.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement, AnalysisScope } from '../sql/analysis.js';
import { Command } from '../wire/constants.js';
import type { PreparedStatement } from './prepared-statements.js';
import { characterSetProblem, isReadable, type SessionState } from './session-state.js';
import type { Refusal } from './statement-judge.js';

/** A server may read the text again when it is executed (MySQL does, where a table has changed), under the sql_mode of that moment. */
export function preparedRefusal({ scope }: PreparedStatement, now: AnalysisScope | undefined): Refusal | undefined {
  if (now?.sqlMode === scope.sqlMode) return undefined;
  const reason = 'sql_mode is another one than when it was prepared, and may change how it is read: prepare it again';
  return { code: 'DENIED_BY_RULE', rule: 'session-state', reason };
}

/** What came as long data is neither shown to who approves, nor among the bytes that the approval is for. */
export function longDataRefusal({ rule = 'approval' }: Pick<Verdict, 'rule'>): Refusal {
  const reason =
    'it wants an approval, and a value came as long data, which nobody can look at: bind it to the execute';
  return { code: 'APPROVAL_DENIED', rule, reason };
}

/** A cursor's rows are masked for whoever has opened it. */
export function cursorRefusal(command: number, prepared: PreparedStatement, masks: MaskPolicy): Refusal | undefined {
  if (command !== Command.STMT_FETCH || prepared.masks === masks) return undefined;
  const reason = 'its cursor was opened for a caller with other masks: execute it again';
  return { code: 'DENIED_BY_MASK', rule: 'masking', reason };
}

/**
 * Refuses the masked rows of a session that asked the server to convert nothing: their bytes may be in a character set that no masker reads. What
 * shows the schema goes on, as mysqldump wants it.
 */
export function rawResultRefusal(
  { resultCharacterSet }: SessionState,
  statements: readonly AnalysedStatement[],
  masks: MaskPolicy,
): Refusal | undefined {
  if (resultCharacterSet === undefined || isReadable(resultCharacterSet)) return undefined;
  const isMasked = statements.some(
    (statement) => statement.analysis.kind !== 'show' && masks.effectOn(statement).inspect,
  );
  if (!isMasked) return undefined;
  const reason = `character_set_results is ${resultCharacterSet}, in which values cannot be masked: use utf8mb4`;
  return { code: 'DENIED_BY_MASK', rule: 'masking', reason };
}

/** Refuses everything where the session's character set would hide what is written. */
export function characterSetRefusal(state: SessionState): Refusal | undefined {
  const reason = characterSetProblem(state);
  return reason === undefined ? undefined : { code: 'SESSION_UNSUPPORTED', rule: 'session-state', reason };
}
