import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import { FailureError } from '../errors.js';
import { requireSecureUrl } from './secure-url.js';
import type { CheckedVerifierOptions } from './verifier-options.js';

function unreachable(issuer: string, cause: unknown): FailureError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const text = `the issuer ${issuer} cannot be asked for its keys, so no token is accepted: ${reason}`;
  return new FailureError('ISSUER_UNREACHABLE', text, { cause });
}

/** OpenID Connect Discovery 1.0, section 4: the document names the issuer that it was fetched from, or it is somebody else's. */
async function discoverJwksUri(issuer: string, timeoutMs: number): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer) throw new Error(`${url} is the document of ${JSON.stringify(document.issuer)}`);
  if (typeof document.jwks_uri !== 'string') throw new Error(`${url} names no jwks_uri`);
  return requireSecureUrl('jwks_uri', document.jwks_uri);
}

/** Any failure to get the keys is the issuer's, never the token's. */
function reportingFetch(issuer: string): FetchImplementation {
  return async (url, options) => {
    try {
      const response = await fetch(url, options);
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      // Read here, so that a broken body is told apart from a broken token.
      return new Response(JSON.stringify(await response.json()), { headers: { 'content-type': 'application/json' } });
    } catch (error) {
      throw unreachable(issuer, error);
    }
  };
}

/**
 * Finds the key that a token names: local keys, or those of the issuer, cached and read again when a token names an unknown one.
 * Fails with `ISSUER_UNREACHABLE` where the issuer does not answer; the next token asks again.
 */
export function issuerKeys(options: CheckedVerifierOptions): JWTVerifyGetKey {
  const { issuer, keys, jwksUri, timeoutMs, cooldownMs, cacheMaxAgeMs } = options;
  if (keys !== undefined) return createLocalJWKSet(keys);
  const remote = (url: URL): JWTVerifyGetKey =>
    createRemoteJWKSet(url, {
      timeoutDuration: timeoutMs,
      cooldownDuration: cooldownMs,
      cacheMaxAge: cacheMaxAgeMs,
      [customFetch]: reportingFetch(issuer),
    });
  if (jwksUri !== undefined) return remote(new URL(jwksUri));
  let discovered: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    discovered ??= discoverJwksUri(issuer, timeoutMs).then(remote);
    try {
      return await (
        await discovered
      )(header, token);
    } catch (error) {
      if (await failed(discovered)) {
        discovered = undefined;
        throw unreachable(issuer, error);
      }
      throw error;
    }
  };
}

function failed(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}
