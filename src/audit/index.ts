/**
 * The audit trail: records, the journal they are written to before a statement runs, and their delivery.
 *
 * @module
 */

export type { AuditLogger } from './audit-logger.js';
export { type AuditTrailOptions, nobodyAcknowledges, type RemoteOptions } from './audit-options.js';
export { createAuditTrail, type AuditTrail, type AuditTrailStats, type TransportStats } from './audit-trail.js';
export type { DeliveryFigures } from './delivery.js';
export { type Durability, strongest } from './durability.js';
export type { JournalWaiter } from './journal-writer.js';
export {
  encodeAgent,
  encodeDb,
  encodeSession,
  encodeStatementShape,
  encodeTask,
  encodeCall,
  encodeTrace,
  encodeVerdict,
  joinFragments,
} from './record-fragments.js';
export type * from './record.js';
export type { ExternalSigner, SigningKey } from './seal/signing-key.js';
export type { SigningOptions } from './seal/trail-signing.js';
export type { StatementIntent, StatementOutcome } from './statement-intent.js';
export type { RecordBatch, SendResult, Transport } from './transport.js';
