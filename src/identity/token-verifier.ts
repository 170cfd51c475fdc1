import { errors, jwtVerify, type JWTPayload } from 'jose';
import { DenialError, FailureError, isCountersignError } from '../errors.js';
import { identityFromClaims } from './claims.js';
import type { Identity } from './identity.js';
import { issuerKeys } from './issuer-keys.js';
import { checkVerifierOptions, type CheckedVerifierOptions, type TokenVerifierOptions } from './verifier-options.js';

/** Verifies tokens of one issuer. */
export interface TokenVerifier {
  /**
   * Verifies a token: signature, algorithm, issuer, audience, times.
   * @param token a signed JWT in compact form, at most 64 KiB
   * @throws DenialError `TOKEN_INVALID` with the exact reason; FailureError `ISSUER_UNREACHABLE` where its keys cannot be had
   */
  verify(token: string): Promise<Identity>;
}

const MAX_TOKEN_LENGTH = 65_536;

/**
 * Creates a verifier. Nothing is fetched before the first token.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 * @see RFC 7519, RFC 8725 (JWT best current practices), RFC 9068 (JWT access tokens)
 * @example
 * ```ts
 * const verifier = createTokenVerifier({ issuer: 'https://login.example', audience: 'urn:example:mysql' });
 * const identity = await verifier.verify(bearer);
 * ```
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const checked = checkVerifierOptions(options);
  const keys = issuerKeys(checked);
  const { issuer, audience, algorithms, clockToleranceSeconds: clockTolerance } = checked;
  const names = checked.claims;
  return {
    async verify(token): Promise<Identity> {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) {
        throw new DenialError(
          'TOKEN_INVALID',
          `the token is refused: it is no text of at most ${MAX_TOKEN_LENGTH} characters`,
        );
      }
      let payload: JWTPayload;
      try {
        const required = ['sub', 'exp'];
        const expected = { issuer, audience, algorithms, clockTolerance, requiredClaims: required };
        ({ payload } = await jwtVerify(token, keys, expected));
      } catch (error) {
        throw translate(error, checked);
      }
      checkLifetime(payload, checked.maxTokenLifetimeSeconds);
      return identityFromClaims(payload, names, clockTolerance);
    },
  };
}

function checkLifetime({ iat, exp }: JWTPayload, most: number | undefined): void {
  if (most === undefined) return;
  if (iat !== undefined && exp !== undefined && exp - iat <= most) return;
  throw new DenialError(
    'TOKEN_INVALID',
    `the token is refused: it has to be valid for at most ${most} seconds from its iat on`,
  );
}

function translate(error: unknown, options: CheckedVerifierOptions): Error {
  if (isCountersignError(error)) return error;
  if (error instanceof errors.JWKSTimeout) {
    const text = `the issuer ${options.issuer} did not give its keys within ${options.timeoutMs} ms, so no token is accepted`;
    return new FailureError('ISSUER_UNREACHABLE', text, { cause: error });
  }
  if (error instanceof errors.JWKSInvalid || error instanceof errors.JWKSNoMatchingKey) {
    const text = `it was signed with a key that ${options.issuer} does not publish: get a new token`;
    return new DenialError('TOKEN_INVALID', `the token is refused: ${text}`, { cause: error });
  }
  return new DenialError('TOKEN_INVALID', `the token is refused: ${reasonOf(error, options)}`, { cause: error });
}

/** Never holds the token or a claim's value: the caller may log it. */
function reasonOf(error: unknown, { issuer, audience, algorithms }: CheckedVerifierOptions): string {
  if (error instanceof errors.JWTExpired) return 'it has expired: get a new one';
  if (error instanceof errors.JOSEAlgNotAllowed) return `its algorithm is not one of ${algorithms.join(', ')}`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'iss':
        return `its issuer is not ${issuer}`;
      case 'aud':
        return `it is not for the audience ${audience}`;
      case 'nbf':
        return 'it is not valid yet';
      default:
        return `its claim ${error.claim} is ${error.reason === 'missing' ? 'missing' : 'wrong'}`;
    }
  }
  return 'it is no signed JWT that can be read';
}
