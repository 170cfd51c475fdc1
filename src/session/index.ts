export type { Assertions, TraceContext } from './assertions.js';
export {
  type CallContext,
  type Caller,
  currentCaller,
  type LazyPromise,
  runAs,
  runAsNobody,
  type Started,
  withContext,
  withIdentity,
  withTask,
} from './caller.js';
export type { RefusalDetails } from './refusal-details.js';
export { GovernedSession } from './governed-session.js';
export { createGovernor, type Governor } from './governor.js';
export type { CatalogueSettings, GovernorOptions } from './governor-options.js';
export type { ServerThread, SessionEdges, SessionOrigin } from './session-options.js';
