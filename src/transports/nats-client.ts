import { createRequire } from 'node:module';
import type * as NatsJetStream from '@nats-io/jetstream';
import type * as NatsTransportNode from '@nats-io/transport-node';

import { FailureError } from '../errors.js';
import type { TransportTlsOptions } from './tls-material.js';
import type { CheckedNatsConnection, NatsLogin } from './nats-options.js';

/** The client of NATS, in its two packages. */
export interface NatsClient {
  readonly core: typeof NatsTransportNode;
  readonly jetstream: typeof NatsJetStream;
}

/**
 * The client of NATS, which a program that does not use it need not have.
 * @param require - resolves as seen from this package
 * @throws FailureError `OPTIONS_INVALID` where it is not installed
 */
export function loadNatsClient(require: NodeJS.Require = createRequire(import.meta.url)): NatsClient {
  try {
    return {
      core: require('@nats-io/transport-node') as typeof NatsTransportNode,
      jetstream: require('@nats-io/jetstream') as typeof NatsJetStream,
    };
  } catch (cause) {
    const advice = 'run: npm install @nats-io/transport-node @nats-io/jetstream';
    throw new FailureError('OPTIONS_INVALID', `the client of NATS cannot be loaded; ${advice}`, {
      cause,
    });
  }
}

/**
 * Connects to the first server that takes the connection, in random order. Once lost it is not renewed by the client, which would send what is
 * left in its buffer when nobody waits for it any more.
 */
export function connectNats(
  { core }: NatsClient,
  options: CheckedNatsConnection,
): Promise<NatsTransportNode.NatsConnection> {
  return core.connect({
    servers: [...options.servers],
    name: 'countersign',
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: options.timeoutMs,
    ...(options.login !== undefined && loginOptions(core, options.login)),
    ...(options.tls !== undefined && { tls: tlsOptions(options.tls) }),
  });
}

function loginOptions(core: NatsClient['core'], login: NatsLogin): NatsTransportNode.ConnectionOptions {
  if ('user' in login) return { user: login.user, pass: login.password };
  if ('token' in login) return { token: login.token };
  const authenticator =
    'credentials' in login
      ? core.credsAuthenticator(Buffer.from(login.credentials))
      : core.nkeyAuthenticator(Buffer.from(login.nkeySeed));
  return { authenticator };
}

/** An object, even an empty one, makes the client demand TLS. */
function tlsOptions({ ca, cert, key, servername }: TransportTlsOptions): NatsTransportNode.TlsOptions {
  return {
    ...(ca !== undefined && { ca: ca.toString() }),
    ...(cert !== undefined && { cert: cert.toString() }),
    ...(key !== undefined && { key: key.toString() }),
    ...(servername !== undefined && { servername }),
  };
}
