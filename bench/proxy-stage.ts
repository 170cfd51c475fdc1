import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientCredentials } from 'countersign';
import { startDatabase } from '../test/database/index.js';
import { createSchema, type TestSchema } from '../test/database/schema.js';
import { startAgents } from '../test/governed/agents.js';
import type { ProxySetup } from './proxy-process.js';
import { startReceiver } from './receiver-process.js';

/** A way to the database. */
export interface Way {
  readonly name: 'direct' | 'pipe' | 'proxy';
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A database, and what stands in front of it. */
export interface ProxyStage {
  readonly schema: TestSchema;
  readonly ways: readonly Way[];
  /** Resident bytes of the process in a way, with its garbage or without. */
  residentBytes(way: 'pipe' | 'proxy', when: 'settled' | 'now'): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a database, a bare pipe to it, and the proxy with all of it: identity, default rules, a masked column in the schema, tags, journal at `os`,
 * delivery over HTTP. Nothing is encrypted.
 * @param statements that make what is asked for
 */
export async function startProxyStage(statements: readonly string[]): Promise<ProxyStage> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-proxy-'));
  const database = await startDatabase();
  const schema = await createSchema(database, statements);
  const agents = await startAgents();
  const receiver = await startReceiver();
  const { host, port, user, password } = schema.connection;
  const { issuer, audience, ...client } = agents.credentials('anna');
  const setup: ProxySetup = {
    upstream: { hosts: [`${host}:${port}`], login: { user, password }, tls: false },
    tokens: { issuer, audience },
    maskedColumn: `${schema.name}.customers.email`,
    journal: join(directory, 'journal'),
    receiver: receiver.url,
  };
  const pipe = start('pipe.ts', [host, String(port)]);
  const [pipePort] = (await once(pipe, 'message')) as [number];
  const proxy = start('proxy-process.ts', [JSON.stringify(setup)]);
  const [started] = (await once(proxy, 'message')) as [{ port: number; credentials: string }];
  const token = await clientCredentials({ ...client, audience }).getToken();
  const answer = await fetch(started.credentials, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  const login = (await answer.json()) as { user: string; password: string };
  return {
    schema,
    ways: [
      { name: 'direct', port, user, password },
      { name: 'pipe', port: pipePort, user, password },
      { name: 'proxy', port: started.port, ...login },
    ],
    async residentBytes(way, when): Promise<number> {
      const child = way === 'pipe' ? pipe : proxy;
      child.send(when);
      const [bytes] = (await once(child, 'message')) as [number];
      return bytes;
    },
    async stop(): Promise<void> {
      await Promise.all([pipe, proxy].map(end));
      await receiver.stop();
      await agents.stop();
      await schema.drop();
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function start(name: string, args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(name, import.meta.url));
  return fork(program, args, { execArgv: ['--import', 'tsx', '--expose-gc'] });
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}
