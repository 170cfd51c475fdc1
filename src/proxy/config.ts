import type { GovernorOptions } from '../session/index.js';
import type { ProxyOptions } from './proxy-options.js';

/** What `countersign.config.ts` or `.js` exports as its default, or a function that gives it. */
export interface CountersignConfig {
  /** Policy, masks, approvals and audit. */
  readonly governor: Omit<GovernorOptions, 'identity'>;
  /** How `countersign proxy` listens, and what is behind it. */
  readonly proxy?: Omit<ProxyOptions, 'governor' | 'logger'>;
}
