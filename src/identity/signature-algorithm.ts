/** The signature algorithms that a token may carry: asymmetric ones only. */

// With `none` there is no signature, and with HS* whoever can verify can also forge: neither can ever be listed (RFC 8725, 3.1 and 3.2).
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/**
 * An asymmetric JWS algorithm.
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1
 */
export type SignatureAlgorithm = (typeof ALGORITHMS)[number];

/** Every algorithm that can be allowed, and what is allowed unless options say less. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = ALGORITHMS;
