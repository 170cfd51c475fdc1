/**
 * The collector: the reference receiver of audit records.
 *
 * @module
 */

export { createCollector, type Collector } from './collector.js';
export type { ArchiveOptions } from './archive/archive-options.js';
export type { CollectorOidc, CollectorOptions } from './collector-options.js';
export type { ConsoleLogin } from './console/console-routes.js';
export type { CollectorTls } from './collector-tls.js';
export type { NatsConnectionOptions, NatsLogin, NatsSourceOptions } from '../transports/nats-options.js';
export type { SyslogOptions } from './syslog/syslog-listener.js';
export type { AlertOptions, AlertRate, AlertRules, SignedWebhook } from './alerts/alert-rules.js';
export type { ApprovalDemand, ApprovalOptions } from './approvals/approval-rules.js';
export type { CollectorRole, RoleGroups } from './http/access.js';
