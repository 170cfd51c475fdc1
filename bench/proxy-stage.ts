import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientCredentials } from 'countersign';
import { startDatabase } from '../test/database/index.js';
import { createSchema, type TestSchema } from '../test/database/schema.js';
import { type Agents, startAgents } from '../test/governed/agents.js';
import { type HaProxy, startHaProxy } from './haproxy.js';
import type { ProxySetup } from './proxy-process.js';
import { startReceiver } from './receiver-process.js';

/** A way to the database. */
export interface Way {
  readonly name: WayName;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** What stands between a client and the database. */
export type WayName = 'direct' | 'HAProxy' | 'pipe' | 'naive mysql2' | 'proxy';

/** A database, and what stands in front of it. */
export interface ProxyStage {
  readonly schema: TestSchema;
  readonly ways: readonly Way[];
  /** Resident bytes of the process in a way, with its garbage or without. */
  residentBytes(way: 'pipe' | 'proxy', when: 'settled' | 'now'): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a database, and in front of it a bare pipe, HAProxy where it is to be had, a naive proxy, and the proxy with all of it: identity, default
 * rules, a masked column in the schema, tags, journal at `os`, delivery over HTTP. Nothing is encrypted on any way; the naive proxy asks for no password.
 * @param statements that make what is asked for
 */
export async function startProxyStage(statements: readonly string[]): Promise<ProxyStage> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-proxy-'));
  const database = await startDatabase();
  const schema = await createSchema(database, statements);
  const agents = await startAgents();
  const receiver = await startReceiver();
  const { host, port, user, password } = schema.connection;
  const { issuer, audience } = agents.credentials('anna');
  const [pipe, pipePort] = await start<number>('pipe.ts', [host, String(port)]);
  const haProxy = await startHaProxy(host, port);
  const upstream = { host, port, user, password, database: schema.name };
  const [naive, naivePort] = await start<number>('naive-proxy.ts', [JSON.stringify(upstream), database.version]);
  const [proxy, started] = await start<StartedProxy>('proxy-process.ts', [
    JSON.stringify({
      ...{
        upstream: { hosts: [`${host}:${port}`], login: { user, password }, tls: false },
        tokens: { issuer, audience },
      },
      ...{
        maskedColumn: `${schema.name}.customers.email`,
        journal: join(directory, 'journal'),
        receiver: receiver.url,
      },
    } satisfies ProxySetup),
  ]);
  const login = await shortLived(agents, started.credentials);
  return {
    schema,
    ways: [
      { name: 'direct', port, user, password },
      ...haProxyWay(haProxy, { user, password }),
      { name: 'pipe', port: pipePort, user, password },
      { name: 'naive mysql2', port: naivePort, user, password },
      { name: 'proxy', port: started.port, ...login },
    ],
    async residentBytes(way, when): Promise<number> {
      const child = way === 'pipe' ? pipe : proxy;
      child.send(when);
      const [bytes] = (await once(child, 'message')) as [number];
      return bytes;
    },
    async stop(): Promise<void> {
      await Promise.all([pipe, naive, proxy].map(end));
      if (typeof haProxy !== 'string') await haProxy.stop();
      await receiver.stop();
      await agents.stop();
      await schema.drop();
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What the proxy's process says first. */
interface StartedProxy {
  readonly port: number;
  readonly credentials: string;
}

function haProxyWay(haProxy: HaProxy | string, login: { user: string; password: string }): Way[] {
  if (typeof haProxy !== 'string') return [{ name: 'HAProxy', port: haProxy.port, ...login }];
  process.stderr.write(`left out, HAProxy: ${haProxy}\n`);
  return [];
}

async function shortLived(agents: Agents, url: string): Promise<{ user: string; password: string }> {
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials('anna');
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as { user: string; password: string };
}

/** @returns the process, and what it said first */
async function start<Said>(name: string, args: readonly string[]): Promise<[ChildProcess, Said]> {
  const program = fileURLToPath(new URL(name, import.meta.url));
  const child = fork(program, args, { execArgv: ['--import', 'tsx', '--expose-gc'] });
  const [said] = (await once(child, 'message')) as [Said];
  return [child, said];
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}
