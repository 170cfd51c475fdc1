/**
 * Verification of audit records, offline.
 *
 * @module
 */

export type { Finding, VerificationReport } from './findings.js';
export { checkProof, proveConsistency, proveInclusion, type AuditProof } from './proof.js';
export { readStoredJournals } from './stored-journals.js';
export { TrailVerifier, type VerificationGrounds } from './trail-verifier.js';
