/** Decisions on approvals as signed tokens (JWS): who verifies one needs to trust nobody on its way. */
import { randomUUID } from 'node:crypto';
import { exportJWK, importPKCS8, type JSONWebKeySet, jwtVerify, SignJWT, createLocalJWKSet, errors } from 'jose';

import { DenialError } from '../errors.js';
import type { PublicKeySet } from './token-verifier-options.js';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'countersign-approval';
const TYPE = 'countersign-approval+jwt';
const TOLERANCE_SECONDS = 30;

/** A decision, and what it is for. */
export interface ApprovalDecision {
  /** The request's id. */
  readonly id: string;
  /** The request's digest: of statement, parameters, identity, task, server and schema. */
  readonly digest: string;
  readonly decision: 'approved' | 'rejected';
  /** Who decided. */
  readonly by: readonly string[];
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch after which it is worth nothing. */
  readonly expiresAtMs: number;
}

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
  const key = await importPKCS8(privateKey, ALGORITHM, { extractable: true });
  const { kty, crv, x } = await exportJWK(key);
  if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) throw new TypeError('the key must be an Ed25519 key');
  return {
    keys: { keys: [{ kty, crv, x, alg: ALGORITHM, use: 'sig' }] },
    sign: ({ id, digest, decision, by, reason, expiresAtMs }) =>
      new SignJWT({ approval: id, digest, decision, by, reason })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(Math.ceil(expiresAtMs / 1_000))
        .sign(key),
  };
}

/**
 * Verifies a decision.
 * @param keys - public keys, as {@link ApprovalSigner} has them
 * @throws DenialError `APPROVAL_DENIED` where it is not signed by one of them, is over, or is no decision
 */
export async function verifyApprovalToken(token: string, keys: PublicKeySet): Promise<ApprovalDecision> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet), {
      ...{ algorithms: [ALGORITHM], audience: AUDIENCE, typ: TYPE, clockTolerance: TOLERANCE_SECONDS },
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { approval: id, digest, decision, by, reason, exp = 0 } = payload;
    if (typeof id !== 'string' || typeof digest !== 'string' || !isTexts(by)) throw new TypeError('claims are missing');
    if (decision !== 'approved' && decision !== 'rejected') throw new TypeError('it holds no decision');
    return {
      id,
      digest,
      decision,
      by,
      reason: typeof reason === 'string' ? reason : undefined,
      expiresAtMs: exp * 1_000,
    };
  } catch (cause) {
    const why = cause instanceof errors.JOSEError || cause instanceof TypeError ? `: ${cause.message}` : '';
    throw new DenialError('APPROVAL_DENIED', `the decision is not to be believed${why}`, { cause });
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
