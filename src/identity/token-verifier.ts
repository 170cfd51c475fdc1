import type { JWTHeaderParameters, JWTPayload, JWTVerifyGetKey } from 'jose';
import { decodeJwt } from 'jose/jwt/decode';
import { jwtVerify } from 'jose/jwt/verify';
import { isCountersignError } from '../errors.js';
import { MAX_TOKEN_BYTES, quote } from './bounds.js';
import { identityOf } from './claims.js';
import type { Identity } from './identity.js';
import { createKeyFinder } from './issuer-keys.js';
import { refusal, refusalOf } from './token-refusal.js';
import { requireNotRevoked } from './token-revocation.js';
import { type IssuerSettings, parseVerifierOptions, type TokenVerifierOptions } from './token-verifier-options.js';

/** Turns tokens into identities. */
export interface TokenVerifier {
  /**
   * Verifies a signed JWT access token.
   * @param token compact serialization, at most 64 KiB
   * @throws DenialError `TOKEN_INVALID`: the token is bad; the message says what is wrong with it and never contains it
   * @throws FailureError `ISSUER_UNREACHABLE`: the issuer's keys cannot be had, so nothing is known about the token
   */
  verify(token: string): Promise<Identity>;
}

interface TrustedIssuer {
  readonly settings: IssuerSettings;
  readonly findKey: JWTVerifyGetKey;
}

// A token made for another purpose (logout, DPoP proof, security event) says so in `typ`, and is no access token: RFC 8725, section 3.11.
const ACCESS_TOKEN_TYPES: readonly string[] = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];

/**
 * Makes what verifies the tokens of one issuer, or of several. Nothing is fetched before the first token.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
 * @see https://www.rfc-editor.org/rfc/rfc8725
 * @example
 * ```ts
 * const verifier = createTokenVerifier({ issuer: 'https://login.example.com', audience: 'urn:example:database' });
 * const identity = await verifier.verify(accessToken);
 * ```
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const trusted = new Map<string, TrustedIssuer>();
  for (const settings of parseVerifierOptions(options)) {
    trusted.set(settings.issuer, { settings, findKey: createKeyFinder(settings) });
  }
  return Object.freeze({
    async verify(token: string): Promise<Identity> {
      checkSize(token);
      return verifyOf(token, pickIssuer(token, trusted));
    },
  });
}

function checkSize(token: unknown): void {
  if (typeof token !== 'string') throw refusal('it is not a string. Pass the access token as the issuer gave it.');
  if (token.length > MAX_TOKEN_BYTES) {
    throw refusal(`it is longer than ${String(MAX_TOKEN_BYTES)} bytes. Have the issuer put less into it.`);
  }
}

/** Picks by the `iss` claim before anything is verified: it decides only whose keys the signature has to fit. */
function pickIssuer(token: string, trusted: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
  const iss = unverifiedIssuer(token);
  const issuer = typeof iss === 'string' ? trusted.get(iss) : undefined;
  if (issuer !== undefined) return issuer;
  const expected = [...trusted.keys()].join(' or ');
  throw refusal(
    iss === undefined
      ? `its claim iss is missing. Get one from ${expected}.`
      : `its issuer is not ${expected} but ${quote(iss)}. Get one from there.`,
  );
}

function unverifiedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw refusal('it is no signed JWT of three parts. Pass the access token as the issuer gave it.', { cause });
  }
}

async function verifyOf(token: string, { settings, findKey }: TrustedIssuer): Promise<Identity> {
  const { payload, protectedHeader } = await jwtVerify(token, findKey, {
    issuer: settings.issuer,
    audience: [...settings.audience],
    algorithms: [...settings.algorithms],
    clockTolerance: settings.clockToleranceSeconds,
    requiredClaims: ['sub', 'iss', 'aud', 'exp'],
  }).catch((cause: unknown) => {
    throw isCountersignError(cause) ? cause : refusalOf(cause, settings);
  });
  checkType(protectedHeader);
  checkLifetime(payload, settings.maxTokenLifetimeSeconds);
  const identity = identityOf(payload, settings.claims, settings.clockToleranceSeconds);
  await requireNotRevoked(identity, token, settings);
  return identity;
}

function checkType({ typ }: JWTHeaderParameters): void {
  if (typ === undefined || (typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(typ.toLowerCase()))) return;
  throw refusal(`it is of the type ${quote(typ)}, which is no access token. Pass the access token.`);
}

function checkLifetime({ iat, exp }: JWTPayload, maxSeconds: number): void {
  if (maxSeconds === Infinity) return;
  if (typeof iat !== 'number' || typeof exp !== 'number') {
    throw refusal('its claim iat is missing, which a bounded lifetime needs. Have the issuer add it.');
  }
  if (exp - iat > maxSeconds) {
    throw refusal(
      `it is valid for ${String(exp - iat)} s; allowed are at most ${String(maxSeconds)} seconds. Shorten its lifetime.`,
    );
  }
}
