import type { GovernorOptions } from '../session/index.js';
import type { ProxyOptions } from './proxy-options.js';

/** What `countersign.config.ts` or `.js` exports as its default, or a function that gives it. */
export interface CountersignConfig {
  /** Policy, masks, approvals and audit. The identity is that of programs which are governed without code; whose a client of the proxy is, its login says. */
  readonly governor: GovernorOptions;
  /** How `countersign proxy` listens, and what is behind it. */
  readonly proxy?: Omit<ProxyOptions, 'governor' | 'logger'>;
}
