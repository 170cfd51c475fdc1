import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCollector } from '../../../src/collector/index.js';
import { afterThisTest, temporaryDirectory } from '../../audit/trail-fixtures.js';
import type { DatabaseAddress } from '../../database/index.js';
import { createSchema } from '../../database/schema.js';
import { startIssuer } from '../../issuer/index.js';
import { Authority } from '../../transports/certificates.js';
import { startReceiver } from '../../transports/receiver.js';
import { type CodeBlock } from '../code-blocks.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COLLECTOR_TOKEN = 'the-token-of-the-docs';
const CLIENT = { clientId: 'billing-agent', clientSecret: 'a secret of the docs' };

const SHOP: readonly string[] = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), city VARCHAR(64))',
  "INSERT INTO customers VALUES (1, 'Alice Adams', 'alice.adams@example.test', 'Bern')",
  'CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(16))',
  "INSERT INTO orders VALUES (11, 'open')",
];

/** Plain data, for the process that runs the blocks. */
export interface BlockStage {
  /** Where files are that blocks read, and where they write. */
  readonly directory: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly databaseUrl: string;
  readonly database: { readonly host: string; readonly port: number; readonly user: string; readonly password: string };
  readonly schema: string;
  readonly collectorUrl: string;
  readonly collectorToken: string;
  /** Takes everything. */
  readonly logsUrl: string;
}

/** Starts what the docs' code talks to: an issuer, a collector, a schema with a shop, files. All of it goes with the test. */
export async function startBlockStage(address: DatabaseAddress): Promise<BlockStage> {
  const directory = temporaryDirectory();
  const issuer = await startIssuer([{ ...CLIENT, claims: { groups: ['agents'] } }]);
  afterThisTest(() => issuer.stop());
  const collector = await createCollector({ directory: join(directory, 'collector'), tokens: [COLLECTOR_TOKEN] });
  afterThisTest(() => collector.close());
  const { name, connection, drop } = await createSchema(address, SHOP, 'shop');
  afterThisTest(drop);
  const { host, port, user, password } = connection;
  writeFiles(directory);
  const { url: logsUrl } = await startReceiver(() => ({ status: 200 }));
  return {
    ...{ directory, issuer: issuer.issuer, audience: issuer.audience, ...CLIENT, schema: name },
    ...{
      database: { host, port, user, password },
      collectorUrl: collector.url,
      collectorToken: COLLECTOR_TOKEN,
      logsUrl,
    },
    databaseUrl: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}?ssl={"rejectUnauthorized":false}`,
  };
}

/** Writes the certificates and secrets that the docs' code reads. */
export function writeFiles(directory: string): void {
  const authority = new Authority();
  const { cert, key } = authority.sign('localhost');
  const files = {
    ...{ 'ca.pem': authority.cert, 'writer.token': COLLECTOR_TOKEN, 'agent.creds': 'credentials of NATS' },
    ...{ 'etc/pki/logs-ca.pem': authority.cert, 'etc/pki/agent.pem': cert, 'etc/pki/agent-key.pem': key },
    ...{ 'etc/tls/tls.crt': cert, 'etc/tls/tls.key': key },
    ...{ 'var/log/countersign/.keep': '', 'run/countersign/.keep': '' },
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

/** What stands in the docs for something of the reader's own, and what it is here. */
export function substitutionsOf(stage: BlockStage): readonly (readonly [RegExp, string])[] {
  const { directory, issuer, audience, collectorUrl, logsUrl, schema, database } = stage;
  return [
    [/https:\/\/login\.example\.com/g, issuer],
    [/urn:example:(?:mysql|database)/g, audience],
    [/https:\/\/collector\.(?:example\.com|example|internal)|http:\/\/127\.0\.0\.1:7070/g, collectorUrl],
    [/https:\/\/logs\.example\/ingest/g, logsUrl],
    [/'\/(var|etc|run)\//g, `'${directory}/$1/`],
    [/\b(?:db1?|db2)\.internal(?::\d+)?/g, `${database.host}:${database.port}`],
    [/'0\.0\.0\.0'/g, "'127.0.0.1'"],
    [/\bport: \d+/g, 'port: 0'],
    [
      /user: 'agents', password(?:: process\.env\.DATABASE_PASSWORD \?\? '')?/g,
      `user: '${database.user}', password: '${database.password}'`,
    ],
    [/\bshop\.(?=customers|payments)/g, `${schema}.`],
  ];
}

/** The environment that the docs' code reads. */
export function environmentOf(stage: BlockStage): Readonly<Record<string, string>> {
  const { issuer, audience, clientId, clientSecret, databaseUrl, collectorToken } = stage;
  return {
    ...{ ISSUER: issuer, AUDIENCE: audience, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
    ...{ DATABASE_URL: databaseUrl, COLLECTOR_TOKEN: collectorToken, BILLING_AGENT_SECRET: clientSecret },
    ...{ SPLUNK_TOKEN: 'a-token', DD_API_KEY: 'a-key', ELASTIC_API_KEY: 'a-key' },
    WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    CREDENTIAL_KEY: randomBytes(32).toString('base64'),
  };
}

/** Installs what the blocks import: the package as it is built, and what it is used with. */
export function install(directory: string, blocks: readonly CodeBlock[]): void {
  const imported = blocks.flatMap(({ text }) => [...text.matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)[\w/-]*'/g)]);
  for (const name of new Set(imported.map(([, found = '']) => found))) {
    const place = join(directory, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(name === 'countersign' ? ROOT : join(ROOT, 'node_modules', name), place);
  }
}
