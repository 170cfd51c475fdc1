/** A real OIDC issuer on loopback, for tests, the demo and the examples. */
import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadProvider } from './provider.js';

/** One client of the issuer: an agent. */
export interface IssuerClient {
  /** Its id, and the `sub` of its tokens. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claims that its tokens carry besides `sub`, `iss`, `aud`, `exp` and `jti`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Lifetime of its tokens. Default 600. */
  readonly ttlSeconds?: number;
  /** How it sends its secret. Default `client_secret_basic`. */
  readonly authentication?: 'client_secret_basic' | 'client_secret_post';
  /** Its public key, with which it signs in by `private_key_jwt` instead of the secret. */
  readonly publicKey?: JsonWebKey;
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
  /** How often a path was asked for. */
  requestCount(path: string): number;
  stop(): Promise<void>;
}

const AUDIENCE = 'urn:countersign:test';

/**
 * Starts the issuer.
 * @param port default a free one
 */
export async function startIssuer(clients: readonly IssuerClient[], port = 0): Promise<TestIssuer> {
  const createProvider = await loadProvider();
  const counts = new Map<string, number>();
  let handler: RequestListener = () => undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    handler(request, response);
  });
  const issuer = await listen(server, port);
  let key = createKey();
  const publish = (): void => {
    handler = createProvider({ issuer, audience: AUDIENCE, clients, key });
  };
  publish();
  return {
    issuer,
    audience: AUDIENCE,
    tokenEndpoint: `${issuer}/token`,
    signingKey: () => key,
    requestCount: (path) => counts.get(path) ?? 0,
    rotateKey(): void {
      key = createKey();
      publish();
    },
    stop: () => stop(server),
  };
}

function createKey(): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' };
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
