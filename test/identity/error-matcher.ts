import { expect } from 'vitest';

/** Matches an error of ours by its code and by what its message has to say: `toMatchObject` takes any message for a pattern. */
export function ourError(code: string, message: RegExp): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) as string });
}
