import type { AuditRecord } from '../audit/index.js';

/** How much a record asks to be looked at. */
export type RecordSeverity = 'informational' | 'notice' | 'warning' | 'error';

const ENDS_OF_IDENTITIES: ReadonlySet<string> = new Set(['expired', 'revoked']);

/**
 * The record behind its JSON.
 * @throws SyntaxError where it is none, which the journal never hands out
 */
export function readRecord(record: Buffer): AuditRecord {
  return JSON.parse(record.toString()) as AuditRecord;
}

/**
 * What was refused or whose end is not known is a warning, what could not be checked an error, an error of the server a notice, and
 * everything else information.
 */
export function severityOf(record: AuditRecord): RecordSeverity {
  switch (record.type) {
    case 'statement':
      return record.verdict.effect === 'error' ? 'error' : severityOfOutcome(record.outcome.status);
    case 'session':
      return record.event.action === 'refused' ? 'warning' : 'informational';
    case 'identity':
      return ENDS_OF_IDENTITIES.has(record.event.action) ? 'warning' : 'informational';
    case 'approval':
    case 'policy':
      return 'notice';
    default:
      return 'informational';
  }
}

function severityOfOutcome(status: string): RecordSeverity {
  if (status === 'ok') return 'informational';
  return status === 'error' ? 'notice' : 'warning';
}
