const NO_TAG = 'statements are not tagged with the identity of the agent yet';

/** Attacks that get through today, each with the reason. The list is to become empty. */
export const KNOWN_GAPS: ReadonlyMap<string, string> = new Map([
  ['G370', NO_TAG],
  ['G373', NO_TAG],
  ['G376', NO_TAG],
  ['G379', NO_TAG],
  ['G385', NO_TAG],
]);
