import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createConnection, type Connection } from 'mysql2/promise';
import { clientCredentials } from '../../src/identity/index.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import type { DatabaseAddress } from '../database/index.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { MAIN } from './run-command.js';

const built = (module: string): string => new URL(`../${module}`, new URL('.', MAIN)).href;

/** What a configuration has: TypeScript, as it stands in the file. */
export interface WrittenConfig {
  /** Default `defaultPolicy()`. */
  readonly policy?: string;
  /** Those beside the first one, which is TCP on any port: each with a comma behind it. */
  readonly listeners?: string;
  /** More members of `proxy`, each with a comma behind it. */
  readonly members?: string;
}

/** `countersign proxy` in a process of its own, with all that it needs. */
export class ProxyCommand {
  readonly folder: string;
  readonly schema: TestSchema;
  readonly agents: Agents;
  readonly configFile: string;
  /** The processes that have said that they listen, where there are several. */
  readonly pids: Set<number> = new Set();
  /** What it has said on standard error. */
  log = '';
  /** Where health and figures are; empty where nowhere. */
  adminUrl = '';
  readonly #ca: string | undefined;
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(folder: string, schema: TestSchema, agents: Agents, ca: string | undefined) {
    this.folder = folder;
    this.schema = schema;
    this.agents = agents;
    this.configFile = join(folder, 'countersign.config.ts');
    this.#ca = ca;
  }

  static async prepare(database: DatabaseAddress): Promise<ProxyCommand> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-proxy-command-'));
    await createCertificate(folder);
    const schema = await createSchema(database, ['CREATE TABLE notes (id INT PRIMARY KEY)']);
    return new ProxyCommand(folder, schema, await startAgents(), database.ca);
  }

  async writeConfig({ policy = 'defaultPolicy()', listeners = '', members = '' }: WrittenConfig = {}): Promise<void> {
    const { host, port, user, password } = this.schema.connection;
    const { issuer, audience } = this.agents.credentials('anna');
    const tls = this.#ca === undefined ? {} : { ca: this.#ca };
    const upstream = { hosts: [`${host}:${port}`], login: { user, password }, tls };
    const files = { certFile: join(this.folder, CERTIFICATE_FILE), keyFile: join(this.folder, KEY_FILE) };
    const transport = `fileTransport({ path: ${JSON.stringify(join(this.folder, 'records.jsonl'))} })`;
    await writeFile(
      this.configFile,
      `import { clientCredentials, createTokenVerifier, defaultPolicy, readOnlyPolicy } from ${JSON.stringify(built('index.js'))};
import { fileTransport } from ${JSON.stringify(built('transports/index.js'))};
const directory: string = ${JSON.stringify(join(this.folder, 'journal'))};
export default async () => ({
  governor: { policy: ${policy}, audit: { directory, transports: [${transport}] } },
  proxy: {
    tokens: ${JSON.stringify({ issuer, audience })},
    listeners: [${JSON.stringify({ port: 0, tls: files })}, ${listeners}],
    upstreams: { main: ${JSON.stringify(upstream)} },
    ${members}
  },
});
`,
    );
  }

  /** Starts it: its port is that of {@link connect}. */
  async start(...flags: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [fileURLToPath(MAIN), 'proxy', '--config', this.configFile, ...flags]);
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.#port = await new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${this.log}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, port, pid] = /listening on 127\.0\.0\.1:(\d+)(?: \(process (\d+)\))?/.exec(line) ?? [];
        if (pid !== undefined) this.pids.add(Number(pid));
        this.adminUrl = /^health and metrics at (.+)$/.exec(line)?.[1] ?? this.adminUrl;
        if (port !== undefined) resolve(Number(port));
      });
    });
  }

  /** A new token of an agent. */
  token(agent: string): Promise<string> {
    const { tokenEndpoint, audience, clientId, clientSecret } = this.agents.credentials(agent);
    return clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  }

  /** Connects with the agent's token, or what is given in its place. */
  async connect(agent = 'anna', password?: string): Promise<Connection> {
    const ca = await readFile(join(this.folder, CERTIFICATE_FILE), 'utf8');
    const login = { host: '127.0.0.1', port: this.#port, user: agent, database: this.schema.name, ssl: { ca } };
    return createConnection({ ...login, password: password ?? (await this.token(agent)), enableCleartextPlugin: true });
  }

  /** Sends SIGHUP, and waits until it says what came of it. */
  async reload(): Promise<void> {
    const before = this.log.length;
    this.#child?.kill('SIGHUP');
    for (const end = Date.now() + 10_000; !/reload/.test(this.log.slice(before)); await setTimeout(20)) {
      if (Date.now() > end) throw new Error(`nothing was loaded again: ${this.log}`);
    }
  }

  /** Sends SIGTERM. @returns its exit code and signal */
  async stop(): Promise<unknown[]> {
    const exited = once(this.#child as ChildProcess, 'exit');
    this.#child?.kill('SIGTERM');
    return exited;
  }

  /** What it has delivered: a line each. */
  async records(): Promise<string[]> {
    return (await readFile(join(this.folder, 'records.jsonl'), 'utf8')).trim().split('\n');
  }

  /** Ends what is left of it. */
  async end(): Promise<void> {
    if (this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    await this.agents.stop();
    await this.schema.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
