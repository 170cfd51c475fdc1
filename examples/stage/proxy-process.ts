import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../../test/database/certificate.js';
import { spawnCli } from './cli-process.js';
import { COLLECTOR_TOKEN } from './collector-process.js';
import { whenOver } from './play.js';
import { step } from './screen.js';
import type { Stage } from './stage.js';

const CONFIG = fileURLToPath(new URL('../proxy/countersign.config.ts', import.meta.url));

/** A proxy that listens. */
export interface ProxyProcess {
  readonly host: string;
  readonly port: number;
  /** Of its certificate, for the clients. */
  readonly caFile: string;
  /** Drains it, and delivers what is in its journal. */
  end(): Promise<void>;
}

/** Starts `countersign proxy` as an operator would, in front of the database. It ends with the example. */
export async function startProxyProcess(stage: Stage): Promise<ProxyProcess> {
  const { directory, database, schema, agents, collector } = stage;
  const { issuer, audience } = agents.credentials('support-agent');
  const tls = join(directory, 'tls');
  await mkdir(tls);
  await createCertificate(tls);
  const caFile = join(tls, CERTIFICATE_FILE);
  const proxy = spawnCli(['proxy', '--config', CONFIG, '--log-level', 'warn'], {
    AUDIT_DIRECTORY: join(directory, 'proxy'),
    COLLECTOR_URL: collector.url,
    COLLECTOR_TOKEN,
    ISSUER: issuer,
    AUDIENCE: audience,
    PROXY_PORT: '0',
    TLS_CERTIFICATE: caFile,
    TLS_KEY: join(tls, KEY_FILE),
    DATABASE_HOST: `${schema.connection.host}:${schema.connection.port}`,
    DATABASE_USER: schema.connection.user,
    DATABASE_PASSWORD: schema.connection.password,
    DATABASE_CA: database.ca ?? '',
    CREDENTIAL_KEY: randomBytes(32).toString('base64'),
  });
  const end = (): Promise<void> => proxy.end('SIGTERM');
  whenOver(end);
  const lines = await proxy.linesUntil(/^health/);
  for (const line of lines) step(line);
  const [, host = '', port = ''] = / listening on (\S+):(\d+)$/.exec(lines[0] ?? '') ?? [];
  return { host, port: Number(port), caFile, end };
}
