/** Attacks that get through today, each with the reason. */
export const KNOWN_GAPS: ReadonlyMap<string, string> = new Map();
