/** Bounds of what is believed from a token or an issuer: all of it ends up in records and messages. */

/** Most bytes of a token: more than any HTTP header carries. */
export const MAX_TOKEN_BYTES: number = 64 * 1024;

/** Most characters of one claim. */
export const MAX_CLAIM_LENGTH = 1024;

/** Most groups of one token. */
export const MAX_GROUPS = 1024;

/** Longest chain of delegation. */
export const MAX_ACTORS = 16;

/** Most bytes of an issuer's answer: metadata, a key set, a token response. */
export const MAX_ANSWER_BYTES: number = 1024 * 1024;

const MAX_QUOTED_LENGTH = 100;

/** A foreign value for a message: cut, and only in printable ASCII, so that it can forge no line of a log. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${text.slice(0, MAX_QUOTED_LENGTH).replace(/[^\x20-\x7e]|"/g, '?')}"`;
}
