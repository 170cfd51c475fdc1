import { isSignedBy, publicKeyFromBase64 } from '../seal/signed-note.js';
import { originOf, type SignedCheckpoint } from '../seal/checkpoint.js';
import type { KeyUse } from './findings.js';

/** Whether a checkpoint carries the signature of a key, given as 32 bytes in base64. */
export function isSignedWith(checkpoint: SignedCheckpoint, key: string): boolean {
  const publicKey = publicKeyFromBase64(key);
  return publicKey !== undefined && isSignedBy(checkpoint.signed, originOf(checkpoint.writerId), publicKey);
}

/**
 * Which keys are believed. Without pinned ones it is that of each journal which follows none that is known: trust on first use. A key that a
 * believed one has signed into the first checkpoint of a journal is believed, too.
 * @param firsts - the first checkpoint of each journal, in the order in which they were found
 * @param pinned - 32 bytes in base64 each
 */
export function trustedKeys(firsts: readonly SignedCheckpoint[], pinned: readonly string[]): Map<string, KeyUse> {
  const keys = new Map<string, KeyUse>(pinned.map((key) => [key, { key, trust: 'pinned' }]));
  if (pinned.length === 0) {
    const known = new Set(firsts.map(({ writerId }) => writerId));
    for (const first of firsts) {
      const followsNone = !first.previous.some(({ writerId }) => known.has(writerId));
      if (followsNone && isSignedWith(first, first.key)) keys.set(first.key, { key: first.key, trust: 'first use' });
    }
  }
  for (let before = -1; before !== keys.size;) {
    before = keys.size;
    for (const open of firsts.filter(({ action }) => action === 'open')) {
      if (keys.has(open.key) || !isSignedWith(open, open.key)) continue;
      if ([...keys.keys()].some((key) => isSignedWith(open, key)))
        keys.set(open.key, { key: open.key, trust: 'linked' });
    }
  }
  return keys;
}
