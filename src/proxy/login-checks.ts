import { isDeepStrictEqual } from 'node:util';
import {
  createTokenVerifier,
  type Identity,
  type TokenVerifier,
  type TokenVerifierOptions,
} from '../identity/index.js';
import { createShortLivedCredentials, type ShortLivedCredentials } from '../identity/short-lived-credentials.js';
import { createRevocationCheck } from '../identity/token-revocation.js';
import type { CheckedProxyOptions } from './proxy-options.js';

/** How it is found out who a client is. One object for all of a proxy, whose members a reload changes. */
export interface LoginChecks {
  verifier: TokenVerifier;
  /** Undefined where none are made. */
  credentials: ShortLivedCredentials | undefined;
  /** How long a credential is good for, in milliseconds. */
  credentialTtlMs: number;
  /** Asks whether the token that a credential was made from has been revoked: rejects where it was, and where nobody can tell. */
  requireNotRevoked: (identity: Identity) => Promise<void>;
}

/**
 * @param before - those until now: the same issuers go on being verified by the keys that are known of them
 * @throws FailureError `OPTIONS_INVALID` naming every problem of `tokens`
 */
export function createLoginChecks(
  { tokens, credentials }: CheckedProxyOptions,
  before?: { readonly checks: LoginChecks; readonly tokens: TokenVerifierOptions },
): LoginChecks {
  const isSame = before !== undefined && isDeepStrictEqual(tokens, before.tokens);
  return {
    verifier: isSame ? before.checks.verifier : createTokenVerifier(tokens),
    credentials: credentials && createShortLivedCredentials(credentials.keys),
    credentialTtlMs: (credentials?.ttlSeconds ?? 0) * 1_000,
    requireNotRevoked: createRevocationCheck(tokens),
  };
}

/** Names what is only taken over at a start, and is not as it was then. */
export function neededRestarts(then: CheckedProxyOptions, now: CheckedProxyOptions): readonly string[] {
  const placeOf = ({ credentials }: CheckedProxyOptions): unknown =>
    credentials && [credentials.host, credentials.port, credentials.tls];
  return [
    ...(isDeepStrictEqual(then.admin, now.admin) ? [] : ['admin']),
    ...(isDeepStrictEqual(placeOf(then), placeOf(now))
      ? []
      : ["the address of credentials, or its certificate's files"]),
  ];
}
