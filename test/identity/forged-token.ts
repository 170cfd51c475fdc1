import { importJWK, type JWTPayload, SignJWT } from 'jose';
import type { TestIssuer } from '../issuer/index.js';

/** A token that the issuer would not give, signed with its own key. It is good for a minute unless the claims say otherwise. */
export async function forgeToken(
  issuer: TestIssuer,
  claims: JWTPayload = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const jwk = issuer.signingKey();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'x', iss: issuer.issuer, aud: issuer.audience, iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: String(jwk['kid']), ...header })
    .sign(await importJWK(jwk, 'ES256'));
}
