import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex from 'knex';
import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2';
import { clientCredentials } from '../src/identity/index.js';
import { createProxy, type Proxy } from '../src/proxy/index.js';
import { Command } from '../src/wire/constants.js';
import { startAgents } from '../test/governed/agents.js';
import { Sight } from './answer.js';
import type { Attack, FileHeader } from './attack.js';
import { attackGovernor, policyNameOf, Wrapper } from './attack-governor.js';
import { type NetworkAddress, openNetworkChannel } from './raw/network-channel.js';
import { queryPrefix, writeCommand } from './raw/packet-channel.js';
import { AnswerReader } from './raw/read-answer.js';
import { ATTACKER, openConnection, type Way } from './way.js';

const THREAD_QUERY = 'SELECT CONNECTION_ID() AS id';

/** The database behind, as the attack would reach it. */
interface Target extends NetworkAddress {
  readonly user: string;
  readonly password: string;
}

/** The attack's session goes through a proxy, under the policy of the attack's rule; the attacker has a token, and no password. */
export async function proxyWay(header: FileHeader): Promise<Way> {
  const agents = await startAgents();
  const directory = await mkdtemp(join(tmpdir(), 'countersign-attacks-proxy-'));
  const { issuer, audience, tokenEndpoint, clientId, clientSecret } = agents.credentials(ATTACKER);
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const proxies = new Map<string, Promise<Proxy>>();
  const wrapper = new Wrapper();
  const open = (name: string, target: Target): Promise<Proxy> => {
    const options = { name, header, directory: join(directory, String(target.port)), isTrusted: wrapper.speaks };
    return createProxy({
      governor: attackGovernor(options),
      tokens: { issuer, audience },
      listeners: [{ port: 0 }],
      upstreams: {
        main: {
          hosts: [`${target.host}:${target.port}`],
          login: { user: target.user, password: target.password },
          tls: target.ca === undefined ? {} : { ca: target.ca },
        },
      },
      drainTimeoutMs: 100,
    });
  };
  /** Where the proxy for an attack listens. A server that was killed comes back elsewhere. */
  const addressFor = async (attack: Attack, target: Target): Promise<NetworkAddress & { readonly ca: string }> => {
    const key = `${policyNameOf(attack)} ${target.port}`;
    const known = proxies.get(key) ?? open(policyNameOf(attack), target);
    proxies.set(key, known);
    const [address] = (await known).addresses;
    if (address === undefined || 'socketPath' in address) throw new Error('the proxy does not listen');
    return { host: address.host, port: address.port, ca: address.certificate };
  };
  const through = async (attack: Attack, options: ConnectionOptions): Promise<ConnectionOptions> => {
    const { host, port, ca } = await addressFor(attack, targetOf(options));
    return { ...options, host, port, password: token, enableCleartextPlugin: true, ssl: { ca } };
  };
  return {
    guards: true,
    whyNot: () => undefined,
    async connect(attack, options, prepare): Promise<Connection> {
      const connection = await openConnection(await through(attack, options), prepare);
      // What the greeting says is a number of the proxy's.
      Object.assign(connection, { threadId: await wrapper.as(() => threadOf(connection)) });
      return connection;
    },
    async channel(attack, { host, port, ca }, login): ReturnType<Way['channel']> {
      const target = { host, port, user: login.user, password: login.password, ...(ca !== undefined && { ca }) };
      const channel = await openNetworkChannel(await addressFor(attack, target), { ...login, password: token });
      const threadId = await wrapper.as(async () => {
        writeCommand(channel, Command.QUERY, queryPrefix(channel), THREAD_QUERY);
        const { results } = await new AnswerReader(channel, new Sight()).results();
        return Number(results[0]?.[0]?.[0]);
      });
      return { ...channel, threadId };
    },
    async knex(attack, options): ReturnType<Way['knex']> {
      const connection = { ...(await through(attack, options)) } as object;
      return knex({ client: 'mysql2', connection, pool: { min: 0, max: 2 } });
    },
    asWrapper: (fn) => wrapper.as(fn),
    async close(): Promise<void> {
      await Promise.all([...proxies.values()].map(async (proxy) => (await proxy).close()));
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function targetOf({ host = '127.0.0.1', port = 3306, user = '', password, ssl }: ConnectionOptions): Target {
  const ca = typeof ssl === 'object' ? ssl.ca : undefined;
  return { host, port, user, password: String(password), ...(ca !== undefined && { ca: String(ca) }) };
}

function threadOf(connection: Connection): Promise<number> {
  return new Promise((resolve, reject) => {
    connection.query<RowDataPacket[]>(THREAD_QUERY, (error, rows) => {
      if (error === null) resolve(Number(rows[0]?.['id']));
      else reject(error);
    });
  });
}
