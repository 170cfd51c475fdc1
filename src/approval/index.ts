/**
 * Approvals: statements that wait for somebody to say yes.
 *
 * @module
 */

export { collectorApprover, type CollectorApproverOptions } from './collector-approver.js';
export {
  type ApprovalAnswer,
  type ApprovalCall,
  type ApprovalRequest,
  type ApprovalStatement,
  type Approver,
} from './approver.js';
