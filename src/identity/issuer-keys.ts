/** The keys of an issuer, and which of them a token's header asks for. */
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import * as errors from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote';
import { withDeadline } from '../deadline.js';
import { FailureError, isCountersignError } from '../errors.js';
import { discoverIssuer, discoveryUrl, fetchJson, reasonOf } from './issuer-http.js';
import type { IssuerSettings } from './token-verifier-options.js';

/**
 * What finds the key of a token: in the set that the options hold, or in the one that the issuer publishes, which is fetched when
 * it is first needed, cached, and fetched again for an unknown key id.
 *
 * The finder rejects with FailureError `ISSUER_UNREACHABLE` where there is no usable set, and with jose's own errors where the set
 * holds no such key.
 */
export function createKeyFinder(settings: IssuerSettings): JWTVerifyGetKey {
  // jose checks the members of the set: see `publicKey` of the options for what can be in it.
  const find = settings.keys ? createLocalJWKSet(settings.keys as JSONWebKeySet) : createPublishedKeyFinder(settings);
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (cause) {
      if (isCountersignError(cause) || isAboutToken(cause)) throw cause;
      throw new FailureError(
        'ISSUER_UNREACHABLE',
        `the keys of ${settings.issuer} cannot be used: ${reasonOf(cause)}. Check its JWK set.`,
        { cause },
      );
    }
  };
}

function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function createPublishedKeyFinder(settings: IssuerSettings): JWTVerifyGetKey {
  const url = new URL(settings.jwksUri ?? discoveryUrl(settings.issuer));
  return createRemoteJWKSet(url, {
    timeoutDuration: settings.timeoutMs,
    cooldownDuration: settings.cooldownMs,
    cacheMaxAge: settings.cacheMaxAgeMs,
    // Discovery is part of each fetch of the keys: where they are is never older than the keys themselves.
    [customFetch]: async () =>
      Response.json(await withDeadline(settings.timeoutMs, undefined, (signal) => fetchKeySet(settings, signal))),
  });
}

async function fetchKeySet(settings: IssuerSettings, signal: AbortSignal): Promise<unknown> {
  const uri = settings.jwksUri ?? (await discoverIssuer('ISSUER_UNREACHABLE', settings.issuer, signal)).jwksUri;
  if (uri === undefined) {
    throw new FailureError('ISSUER_UNREACHABLE', `${settings.issuer} publishes no jwks_uri. Give jwksUri or keys.`);
  }
  const accept = 'application/json, application/jwk-set+json';
  const { status, body } = await fetchJson('ISSUER_UNREACHABLE', uri, { signal, headers: { accept } });
  if (status === 200 && body !== undefined) return body;
  throw new FailureError(
    'ISSUER_UNREACHABLE',
    `${uri} answered HTTP ${String(status)} without a JWK set. Check the URL.`,
  );
}
