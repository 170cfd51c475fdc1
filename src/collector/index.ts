/**
 * The collector: the reference receiver of audit records.
 *
 * @module
 */

export { createCollector, type Collector } from './collector.js';
export type { CollectorOidc, CollectorOptions } from './collector-options.js';
export type { ConsoleLogin } from './console/console-routes.js';
export type { ApprovalDemand, ApprovalOptions, ApprovalWebhook } from './approvals/approval-rules.js';
export type { CollectorRole, RoleGroups } from './http/access.js';
