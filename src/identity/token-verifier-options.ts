import * as v from 'valibot';
import { checkOptions, isSecureUrl } from '../options.js';
import type { ClaimNames } from './claims.js';
import type { Identity } from './identity.js';
import { isObject } from './issuer-http.js';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './signature-algorithm.js';

/** Public keys as a JWK set: `{ keys: [{ kty, ... }] }`. */
export interface PublicKeySet {
  /** JSON Web Keys without private parts. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** An issuer whose tokens are accepted, and under which conditions. */
export interface IssuerOptions {
  /** Exactly what the `iss` claim says. Without `jwksUri` and `keys` it is an HTTPS URL whose discovery document names the keys. */
  readonly issuer: string;
  /** What the `aud` claim has to hold: one of these. */
  readonly audience: string | readonly string[];
  /** Signature algorithms that are accepted; asymmetric ones only. Default: all of {@link SignatureAlgorithm}. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Where the issuer's keys are, if not where its discovery document says: HTTPS, or HTTP on a loopback host. */
  readonly jwksUri?: string;
  /** The issuer's public keys themselves, instead of fetching them. */
  readonly keys?: PublicKeySet;
  /** How far the issuer's clock may be off, for `exp` and `nbf`: 0 to 300 seconds, default 5. */
  readonly clockToleranceSeconds?: number;
  /** Refuses tokens whose `exp` is more than this many seconds after their `iat`, which they then must have. Default: no bound. */
  readonly maxTokenLifetimeSeconds?: number;
  /** Milliseconds for which fetched keys are believed: a withdrawn key is refused after that at the latest. 100 to 86,400,000, default 600,000. */
  readonly cacheMaxAgeMs?: number;
  /** Least milliseconds between two fetches on account of an unknown key id, so that forged tokens cause no storm. 0 to 3,600,000, default 30,000. */
  readonly cooldownMs?: number;
  /** Milliseconds in which the issuer has to hand out its keys. 100 to 60,000, default 5,000. */
  readonly timeoutMs?: number;
  /** Names of claims, where the issuer does not use the usual ones. */
  readonly claims?: ClaimNames;
  /**
   * Says whether a token that is otherwise good has been revoked: asks an introspection endpoint, or a list of token ids. Asked each time that a token is
   * verified, and again while its identity runs statements; within `timeoutMs`. Where it throws or is late, the token is not let in. Default: nobody is asked,
   * and a token is good until it expires.
   */
  readonly isRevoked?: RevocationCheck;
  /**
   * Milliseconds for which an answer of `isRevoked` is believed: no statement runs under an older one, it waits for another or is refused. 100 to
   * 3,600,000, default 60,000.
   */
  readonly revocationMaxAgeMs?: number;
}

/**
 * Says whether a token has been revoked.
 * @param token as it was given; undefined for a short-lived credential, which holds the identity only
 */
export type RevocationCheck = (identity: Identity, token: string | undefined) => boolean | Promise<boolean>;

/** One issuer, or several of which a token's `iss` claim picks one. */
export type TokenVerifierOptions = IssuerOptions | { readonly issuers: readonly IssuerOptions[] };

/** An issuer's options, checked, with the defaults in place. */
export interface IssuerSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly jwksUri: string | undefined;
  readonly keys: PublicKeySet | undefined;
  readonly clockToleranceSeconds: number;
  readonly maxTokenLifetimeSeconds: number;
  readonly cacheMaxAgeMs: number;
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  readonly claims: ClaimNames;
  readonly isRevoked: RevocationCheck | undefined;
  readonly revocationMaxAgeMs: number;
}

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const texts = v.pipe(v.array(text), v.minLength(1, 'must name at least one'));
const bounded = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)), fallback);
const algorithm = v.picklist(
  SIGNATURE_ALGORITHMS,
  `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}; symmetric algorithms and "none" are never accepted`,
);
const publicKey = v.pipe(
  v.looseObject({ kty: v.picklist(['RSA', 'EC', 'OKP'], 'must be RSA, EC or OKP: a public key') }),
  v.check((jwk) => !('d' in jwk) && !('k' in jwk), 'is a private key; give its public part only'),
);

const issuerSchema = v.pipe(
  v.strictObject({
    issuer: text,
    audience: v.union([text, texts], 'must be a text, or a list of at least one'),
    algorithms: v.optional(v.pipe(v.array(algorithm), v.minLength(1, 'must name at least one')), [
      ...SIGNATURE_ALGORITHMS,
    ]),
    jwksUri: v.optional(v.pipe(text, v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on a loopback host'))),
    keys: v.optional(v.object({ keys: v.pipe(v.array(publicKey), v.minLength(1, 'must hold at least one key')) })),
    clockToleranceSeconds: bounded(0, 300, 5),
    maxTokenLifetimeSeconds: v.optional(v.pipe(v.number(), v.minValue(1)), Infinity),
    cacheMaxAgeMs: bounded(100, 86_400_000, 600_000),
    cooldownMs: bounded(0, 3_600_000, 30_000),
    timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(60_000)), 5_000),
    claims: v.optional(
      v.strictObject({
        name: v.exactOptional(text),
        groups: v.exactOptional(text),
        model: v.exactOptional(text),
        purpose: v.exactOptional(text),
        task: v.exactOptional(text),
      }),
      {},
    ),
    isRevoked: v.optional(
      v.pipe(
        v.function(),
        v.transform((check) => check as RevocationCheck),
      ),
    ),
    revocationMaxAgeMs: bounded(100, 3_600_000, 60_000),
  }),
  v.check((o) => o.jwksUri === undefined || o.keys === undefined, 'give jwksUri or keys, not both'),
  v.check(
    (o) => o.jwksUri !== undefined || o.keys !== undefined || isIssuerUrl(o.issuer),
    'issuer must be an HTTPS URL (or HTTP on a loopback host) without query and fragment, unless jwksUri or keys is given',
  ),
);

const severalSchema = v.strictObject({
  issuers: v.pipe(
    v.array(issuerSchema),
    v.minLength(1, 'must name at least one'),
    v.check((list) => new Set(list.map((o) => o.issuer)).size === list.length, 'must name each issuer once'),
  ),
});

function isIssuerUrl(issuer: string): boolean {
  return isSecureUrl(issuer) && !/[?#]/.test(issuer);
}

/**
 * Checks a verifier's options.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 */
export function parseVerifierOptions(options: TokenVerifierOptions): readonly IssuerSettings[] {
  const list =
    isObject(options) && 'issuers' in options
      ? checkOptions('createTokenVerifier', severalSchema, options).issuers
      : [checkOptions('createTokenVerifier', issuerSchema, options)];
  return list.map(({ audience, jwksUri, keys, isRevoked, ...rest }) => ({
    ...rest,
    audience: typeof audience === 'string' ? [audience] : audience,
    jwksUri,
    keys,
    isRevoked,
  }));
}
