export { type Caller, currentCaller, runAs, runAsNobody, withIdentity, withTask } from './caller.js';
export { GovernedSession } from './governed-session.js';
export { createGovernor, type Governor, type GovernorOptions } from './governor.js';
export type { SessionEdges, SessionOrigin } from './session-options.js';
