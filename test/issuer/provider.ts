/** oidc-provider, configured to issue JWT access tokens with the client credentials grant, and quiet about being a test. */
import type { JsonWebKey } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type * as OidcProvider from 'oidc-provider';
import type { IssuerClient } from './index.js';

/** What a provider is made from. */
interface ProviderSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly clients: readonly IssuerClient[];
  /** The private key that signs. */
  readonly key: JsonWebKey;
}

/** Makes the request listener of a provider. */
export type ProviderFactory = (settings: ProviderSettings) => RequestListener;

const DEFAULT_TTL_SECONDS = 600;
let loading: Promise<typeof OidcProvider> | undefined;

/** Loads oidc-provider. */
export async function loadProviderClass(): Promise<typeof OidcProvider.Provider> {
  loading ??= load();
  return (await loading).Provider;
}

/** Loads oidc-provider, to issue tokens to agents. */
export async function loadProvider(): Promise<ProviderFactory> {
  const Provider = await loadProviderClass();
  return (settings) => {
    const restore = muteNotices();
    try {
      return new Provider(settings.issuer, configurationOf(settings)).callback();
    } finally {
      restore();
    }
  };
}

async function load(): Promise<typeof OidcProvider> {
  const restore = muteNotices();
  return import('oidc-provider').finally(restore);
}

/** Its notices say that memory is no place for production data, and which Node it prefers. */
export function muteNotices(): () => void {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes('oidc-provider')) warn(...args);
  };
  return () => {
    console.warn = warn;
  };
}

function configurationOf({ audience, clients, key }: ProviderSettings): Readonly<Record<string, unknown>> {
  const known = new Map(clients.map((client) => [client.clientId, client]));
  const ttlOf = (_context: unknown, { clientId }: { readonly clientId: string }): number =>
    known.get(clientId)?.ttlSeconds ?? DEFAULT_TTL_SECONDS;
  return {
    jwks: { keys: [key] },
    clients: clients.map(clientOf),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ttl: { ClientCredentials: ttlOf },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_context: unknown, { clientId }: { readonly clientId: string }) => known.get(clientId)?.claims,
  };
}

function clientOf({ clientId, clientSecret, publicKey, authentication }: IssuerClient): unknown {
  return {
    client_id: clientId,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    ...(publicKey === undefined
      ? { client_secret: clientSecret, token_endpoint_auth_method: authentication ?? 'client_secret_basic' }
      : { jwks: { keys: [publicKey] }, token_endpoint_auth_method: 'private_key_jwt' }),
  };
}
