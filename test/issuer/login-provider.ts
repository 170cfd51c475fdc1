/** oidc-provider with a log-in of people: authorization code with PKCE, for a public client. Who comes is logged in at once. */
import type { RequestListener } from 'node:http';
import type { Provider } from 'oidc-provider';

import { loadProviderClass, muteNotices } from './provider.js';

/** Who logs in where. */
export interface LoginSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly subject: string;
  readonly groups: readonly string[];
  /** The private key that signs. */
  readonly key: object;
}

/** Makes the request listener of the provider. */
export async function createLoginProvider(settings: LoginSettings): Promise<RequestListener> {
  const { issuer, subject, groups } = settings;
  const Class = await loadProviderClass();
  const restore = muteNotices();
  const provider: Provider = new Class(issuer, {
    ...configurationOf(settings),
    extraTokenClaims: () => ({ groups }),
    loadExistingGrant: async ({ oidc }: { readonly oidc: { readonly client: { readonly clientId: string } } }) => {
      const grant = new provider.Grant({ accountId: subject, clientId: oidc.client.clientId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(settings.audience, 'read');
      await grant.save();
      return grant;
    },
  });
  restore();
  const answer = provider.callback();
  return (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) answer(request, response);
    else void provider.interactionFinished(request, response, { login: { accountId: subject }, consent: {} });
  };
}

function configurationOf({ audience, clientId, redirectUri, key }: LoginSettings): Readonly<Record<string, unknown>> {
  const client = {
    ...{ client_id: clientId, redirect_uris: [redirectUri], application_type: 'native' },
    ...{ token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'] },
  };
  return {
    ...{ jwks: { keys: [key] }, clients: [client], clientDefaults: { id_token_signed_response_alg: 'ES256' } },
    ...{ pkce: { required: () => true }, clientBasedCORS: () => true, cookies: { keys: ['a key of the tests'] } },
    ttl: { Interaction: 60, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        ...{ enabled: true, defaultResource: () => audience, useGrantedResource: () => true },
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          ...{ scope: 'read', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
        }),
      },
    },
  };
}
