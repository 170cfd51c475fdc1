/** docs/collector.md, with a server of NATS and one of ClickHouse. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { eventually } from '../../audit/trail-fixtures.js';
import { clickhouseServer, startClickHouse } from '../../collector/clickhouse-server.js';
import { addStream, natsServer, openNats, startNats } from '../../transports/nats-servers.js';
import type { PagePlan } from './day-pages.js';
import type { PageSettings } from './run-page.js';
import { ADMIN_TOKEN, type CommandStage } from './stage.js';

const LOOKER = { user: 'looker', pass: 'of this test' };

type Write = (name: string, text: string) => void;
/** What a server adds to the plan of the page. */
type Part = Required<Pick<PageSettings, 'substitutions' | 'after' | 'missing'>>;

/** The page's commands with files and servers. */
export async function planCollector(_: CommandStage, folder: string): Promise<PagePlan> {
  const write: Write = (name, text) => writeFileSync(join(folder, name), text);
  write('admin.token', ADMIN_TOKEN);
  write('writer.token', 'a-token-for-writers-only');
  const parts = await Promise.all([natsPart(write), clickHousePart(write)]);
  return {
    settings: {
      substitutions: parts.flatMap(({ substitutions }) => substitutions),
      missing: parts.flatMap(({ missing }) => missing),
      after: async (terminal) => (await Promise.all(parts.map(({ after }) => after(terminal)))).flat(),
      says: [[/customer_id 4711/, /SELECT .* customer_id = /]],
    },
  };
}

function credentialsFile(token: string, seed: string): string {
  const part = (name: string, text: string): string => `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n`;
  return `${part('NATS USER JWT', token)}\n${part('USER NKEY SEED', seed)}`;
}

/** With a stream, which the collector reads by a consumer that it makes. */
async function natsPart(write: Write): Promise<Part> {
  if (natsServer === undefined) return { substitutions: [], missing: ['--nats'], after: () => [] };
  // The server knows the user by its key, and does not look at the JWT.
  const user = nkeys.createUser();
  const users = `{ nkey: ${user.getPublicKey()} }, { user: ${LOOKER.user}, password: "${LOOKER.pass}" }`;
  const node = await startNats({ tls: true, more: `authorization { users: [${users}] }` });
  const { manager } = await openNats([node], { ...LOOKER, tls: { ca: node.ca } });
  await addStream(manager);
  write('collector.creds', credentialsFile('a.json.token', Buffer.from(user.getSeed()).toString()));
  write('ca.pem', node.ca);
  return {
    substitutions: [['nats-1.example:4222,nats-2.example:4222', node.server]],
    missing: [],
    after: async () => {
      await eventually(async () => {
        for await (const { name } of manager.consumers.list('AUDIT')) if (name === 'countersign-collector') return true;
        return false;
      }, 'the collector reads from NATS');
      return [];
    },
  };
}

/** With a database, in which the collector makes its table. */
async function clickHousePart(write: Write): Promise<Part> {
  if (clickhouseServer === undefined) return { substitutions: [], missing: ['--clickhouse'], after: () => [] };
  const { options } = await startClickHouse();
  const { url, user = '', password = '' } = options;
  const ask = async (query: string): Promise<string> => {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: query });
    return (await answer.text()).trim();
  };
  await ask('CREATE DATABASE countersign');
  write('clickhouse.password', password);
  return {
    // Without TLS, on loopback.
    substitutions: [['https://clickhouse.example:8443', url]],
    missing: [],
    after: async () => {
      const hasTable = async (): Promise<boolean> => (await ask('SHOW TABLES FROM countersign')) === 'records';
      await eventually(hasTable, 'the collector has a table in ClickHouse');
      return [];
    },
  };
}
