/** Signs decisions on approvals. Apart from what verifies them: only the collector signs. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { exportJWK } from 'jose/key/export';
import { importPKCS8 } from 'jose/key/import';

import { APPROVAL_TOKEN, type ApprovalDecision } from './approval-token.js';
import type { PublicKeySet } from './token-verifier-options.js';

const { algorithm, audience, type } = APPROVAL_TOKEN;

/** Signs decisions. */
export interface ApprovalSigner {
  /** Public keys that its tokens are verified with. */
  readonly keys: PublicKeySet;
  sign(decision: ApprovalDecision): Promise<string>;
}

/**
 * Makes a signer.
 * @param privateKey - Ed25519, PKCS #8 in PEM
 * @param issuer - who signs: a URL
 */
export async function createApprovalSigner(privateKey: string, issuer: string): Promise<ApprovalSigner> {
  const key = await importPKCS8(privateKey, algorithm, { extractable: true });
  const { kty, crv, x } = await exportJWK(key);
  if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) throw new TypeError('the key must be an Ed25519 key');
  return {
    keys: { keys: [{ kty, crv, x, alg: algorithm, use: 'sig' }] },
    sign: ({ id, digest, decision, by, reason, expiresAtMs }) =>
      new SignJWT({ approval: id, digest, decision, by, reason })
        .setProtectedHeader({ alg: algorithm, typ: type })
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(Math.ceil(expiresAtMs / 1_000))
        .sign(key),
  };
}
