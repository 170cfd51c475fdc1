/** Real NATS servers with JetStream, alone or as a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import { createCertificate, CERTIFICATE_FILE, KEY_FILE } from '../database/certificate.js';
import { findFreePort } from '../database/instance.js';
import { afterThisTest, eventually } from '../audit/trail-fixtures.js';
import { findReceiver, type DebianProgram } from './debian-program.js';
import { privateServer, type PrivateServer } from './private-server.js';

/** Undefined where the server cannot be had. */
export const natsServer: DebianProgram | undefined = await findReceiver({
  program: 'nats-server',
  packages: ['nats-server'],
});

/** A place for a server, where it can be started and ended. */
export interface NatsNode extends PrivateServer {
  /** `host:port`. */
  readonly server: string;
  /** Its certificate, where it has TLS. */
  readonly ca: string;
}

/** Lines of its configuration that a test adds. */
export interface NatsSettings {
  readonly tls?: boolean;
  readonly more?: string;
}

/** Starts one server. */
export async function startNats(settings: NatsSettings = {}): Promise<NatsNode> {
  const node = await prepareNode(await findFreePort(), settings, '');
  await node.start();
  return node;
}

/** Starts three servers that are a cluster. */
export async function startNatsCluster(): Promise<NatsNode[]> {
  const routes = await Promise.all([1, 2, 3].map(findFreePort));
  const list = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const nodes = await Promise.all(
    routes.map(async (port) =>
      prepareNode(await findFreePort(), {}, `cluster { name: c, listen: "127.0.0.1:${port}", routes: [${list}] }`),
    ),
  );
  await Promise.all(nodes.map((node) => node.start()));
  return nodes;
}

async function prepareNode(port: number, { tls = false, more = '' }: NatsSettings, cluster: string): Promise<NatsNode> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-nats-'));
  afterThisTest(() => rmSync(home, { recursive: true, force: true }));
  const ca = await createCertificate(home);
  const certificates = `cert_file: "${join(home, CERTIFICATE_FILE)}", key_file: "${join(home, KEY_FILE)}"`;
  const configuration = `
server_name: n${port}
listen: "127.0.0.1:${port}"
jetstream { store_dir: "${join(home, 'store')}" }
${tls ? `tls { ${certificates} }` : ''}
${cluster}
${more}
`;
  writeFileSync(join(home, 'nats.conf'), configuration);
  if (natsServer === undefined) throw new Error('nats-server is not here');
  const args = ['-c', join(home, 'nats.conf')];
  return {
    ...privateServer(natsServer, args, (log) => log.includes('Server is ready')),
    server: `127.0.0.1:${port}`,
    ca,
  };
}

/** A look into the servers, with a client of its own. */
export async function openNats(
  nodes: readonly NatsNode[],
  options: { user?: string; pass?: string; tls?: TlsOptions } = {},
): Promise<{ connection: NatsConnection; manager: JetStreamManager }> {
  const connection = await connect({ servers: nodes.map(({ server }) => server), ...options });
  afterThisTest(() => connection.close());
  // A new cluster chooses its leader first.
  let manager: JetStreamManager | undefined;
  await eventually(async () => {
    manager = await jetstreamManager(connection, { timeout: 1000 }).catch(() => undefined);
    return manager !== undefined;
  }, 'JetStream answers');
  if (manager === undefined) throw new Error('JetStream does not answer');
  return { connection, manager };
}

/** Makes the stream that the tests publish to. A cluster that has just begun may refuse for a moment. */
export async function addStream(
  manager: JetStreamManager,
  replicas = 1,
  more: { max_msg_size?: number } = {},
): Promise<void> {
  const stream = { name: 'AUDIT', subjects: ['countersign.>'], num_replicas: replicas, ...more };
  await eventually(
    () =>
      manager.streams.add(stream).then(
        () => true,
        () => false,
      ),
    'the stream is there',
  );
}

/** Every message of the stream, in order. */
export async function storedMessages(manager: JetStreamManager): Promise<{ subject: string; text: string }[]> {
  const { state } = await manager.streams.info('AUDIT');
  const stored: { subject: string; text: string }[] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let from = state.first_seq; from <= state.last_seq; from += 500) {
    const sequences = Array.from({ length: Math.min(500, state.last_seq - from + 1) }, (_, index) => from + index);
    const messages = await Promise.all(sequences.map((seq) => manager.streams.getMessage('AUDIT', { seq })));
    for (const message of messages) {
      if (message !== null) stored.push({ subject: message.subject, text: decoder.decode(message.data) });
    }
  }
  return stored;
}
