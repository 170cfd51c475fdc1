/** Decisions on approvals as signed tokens (JWS): who verifies one needs to trust nobody on its way. */
import type { JSONWebKeySet } from 'jose';
import * as errors from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { jwtVerify } from 'jose/jwt/verify';

import { DenialError } from '../errors.js';
import type { PublicKeySet } from './token-verifier-options.js';

/** What marks a token as a decision, and nothing else. */
export const APPROVAL_TOKEN = {
  algorithm: 'EdDSA',
  audience: 'countersign-approval',
  type: 'countersign-approval+jwt',
} as const;
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

/**
 * Verifies a decision.
 * @param keys - public keys, as the collector publishes them
 * @throws DenialError `APPROVAL_DENIED` where it is not signed by one of them, is over, or is no decision
 */
export async function verifyApprovalToken(token: string, keys: PublicKeySet): Promise<ApprovalDecision> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet), {
      ...{ algorithms: [APPROVAL_TOKEN.algorithm], audience: APPROVAL_TOKEN.audience, typ: APPROVAL_TOKEN.type },
      clockTolerance: TOLERANCE_SECONDS,
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
