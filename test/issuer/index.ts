import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

/** One client of the issuer: an agent. */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claims that its tokens carry besides `sub`, `iss`, `aud`, `exp` and `jti`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Lifetime of its tokens. Default 600. */
  readonly ttlSeconds?: number;
}

/** A real OIDC issuer on loopback: client credentials grant, ES256 access tokens as JWTs. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly tokenEndpoint: string;
  /** Publishes a new key and withdraws the one before. */
  rotateKey(): void;
  /** The key that signs now, private part included: for tokens that the issuer would not give. */
  signingKey(): JsonWebKey;
  stop(): Promise<void>;
}

const AUDIENCE = 'urn:countersign:mysql';

function createKey(): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' };
}

function createProvider(issuer: string, key: JsonWebKey, clients: readonly IssuerClient[]): RequestListener {
  const clientOf = (id: string | undefined): IssuerClient | undefined =>
    clients.find(({ clientId }) => clientId === id);
  const provider = new Provider(issuer, {
    clients: clients.map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: 'ES256',
    })),
    jwks: { keys: [key] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, _resource: string, client: { clientId: string }) => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: clientOf(client.clientId)?.ttlSeconds ?? 600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { clientId?: string }) => clientOf(token.clientId)?.claims,
  });
  return provider.callback();
}

/**
 * Starts the issuer.
 * @param port default a free one
 */
export async function startIssuer(clients: readonly IssuerClient[], port = 0): Promise<TestIssuer> {
  let key = createKey();
  let handler: RequestListener = () => undefined;
  const server: Server = createServer((request, response) => {
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  handler = createProvider(issuer, key, clients);
  return {
    issuer,
    audience: AUDIENCE,
    tokenEndpoint: `${issuer}/token`,
    signingKey: () => key,
    rotateKey(): void {
      key = createKey();
      handler = createProvider(issuer, key, clients);
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
