import type { Approval, ApprovalRequest } from '../approval/approver.js';

/** What becomes of a request that nobody waits for any more. */
export function cancelledApproval({ id, rule }: ApprovalRequest, reason: string): Approval {
  return { id, rule, decision: 'cancelled', by: undefined, at: new Date().toISOString(), reason };
}
