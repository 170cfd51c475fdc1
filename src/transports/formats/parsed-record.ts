import type {
  AuditRecord,
  RecordOutcome,
  RecordSession,
  RecordStatement,
  RecordType,
  RecordVerdict,
} from '../../audit/index.js';

type RecordBase = Pick<AuditRecord, 'v' | 'id' | 'time' | 'writer' | 'agent' | 'task' | 'trace' | 'call' | 'db'>;

/** What happened, on a record that is of no statement. Types that later versions write may say more. */
export interface ParsedEvent {
  readonly action?: string;
  readonly reason?: string;
}

/** A record of any type of version 1, as far as formats look at it. */
export interface ParsedRecord extends RecordBase {
  readonly type: RecordType;
  readonly session?: RecordSession;
  readonly statement?: RecordStatement;
  readonly verdict?: RecordVerdict;
  readonly outcome?: RecordOutcome;
  readonly event?: ParsedEvent;
}

/** @param record - JSON of a record, UTF-8 */
export function parseRecord(record: Buffer): ParsedRecord {
  return JSON.parse(record.toString()) as ParsedRecord;
}

/** What was done, in one or a few words: `DELETE`, `session open`. */
export function actionOf({ type, statement, event }: ParsedRecord): string {
  if (type === 'statement' && statement !== undefined) return statement.operation ?? statement.command;
  return event?.action === undefined ? type : `${type} ${event.action}`;
}

/** One line for people: `DELETE orders`, `intent announced DELETE orders`, `session refused: the token has expired`. */
export function messageTextOf(record: ParsedRecord): string {
  const summary = record.statement?.summary;
  const action = record.type === 'statement' ? (summary ?? actionOf(record)) : joined(actionOf(record), summary);
  const reason = reasonOf(record);
  return reason === undefined ? action : `${action}: ${reason}`;
}

function joined(action: string, summary: string | undefined): string {
  return summary === undefined ? action : `${action} ${summary}`;
}

/** Why it ended as it did: what the rule, the server or the session said. */
export function reasonOf({ verdict, outcome, event }: ParsedRecord): string | undefined {
  return outcome?.error?.message ?? verdict?.reason ?? event?.reason;
}

/** How it ended, in three values. */
export type Success = 'success' | 'failure' | 'unknown';

const FAILURES: ReadonlySet<string | undefined> = new Set(['refused', 'expired', 'revoked', 'rejected', 'cancelled']);

/** Whether it succeeded. A record that is of no statement did, unless something was refused or ran out; how an announced statement ends is not known yet. */
export function successOf({ type, outcome, event }: ParsedRecord): Success {
  switch (outcome?.status) {
    case undefined:
      if (type === 'intent') return 'unknown';
      return FAILURES.has(event?.action) ? 'failure' : 'success';
    case 'ok':
      return 'success';
    case 'unknown':
      return 'unknown';
    default:
      return 'failure';
  }
}

/** Whether a rule, an approver, or a check that could not be made, kept the statement from the server, or the session from opening. */
export function isRefused({ verdict, outcome, event }: ParsedRecord): boolean {
  return (
    outcome?.status === 'denied' ||
    verdict?.effect === 'deny' ||
    verdict?.effect === 'error' ||
    event?.action === 'refused'
  );
}
