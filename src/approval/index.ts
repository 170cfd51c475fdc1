/**
 * Approvals: statements that wait for somebody to say yes.
 *
 * @module
 */

export {
  type ApprovalAnswer,
  type ApprovalCall,
  type ApprovalRequest,
  type ApprovalStatement,
  type Approver,
} from './approver.js';
