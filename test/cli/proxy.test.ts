import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { clientCredentials } from '../../src/identity/index.js';
import { eventually } from '../audit/trail-fixtures.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { MAIN, runCommand } from './run-command.js';

const database = inject('database');
const built = (module: string): string => new URL(`../${module}`, new URL('.', MAIN)).href;

let folder: string;
let schema: TestSchema;
let agents: Agents;
let child: ChildProcess | undefined;
let log = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-proxy-command-'));
  schema = await createSchema(database, ['CREATE TABLE notes (id INT PRIMARY KEY)']);
  agents = await startAgents();
  log = '';
});
afterEach(async () => {
  if (child?.exitCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await agents.stop();
  await schema.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a configuration in TypeScript. @param policy an expression @param more listeners beside the first */
async function writeConfig(policy: string, more: readonly object[] = []): Promise<string> {
  const { host, port, user, password } = schema.connection;
  const { issuer, audience } = agents.credentials('anna');
  const file = join(folder, 'countersign.config.ts');
  const upstream = {
    hosts: [`${host}:${port}`],
    login: { user, password },
    tls: database.ca === undefined ? {} : { ca: database.ca },
  };
  const tls = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  await writeFile(
    file,
    `import { defaultPolicy, readOnlyPolicy } from ${JSON.stringify(built('index.js'))};
import { fileTransport } from ${JSON.stringify(built('transports/index.js'))};
const directory: string = ${JSON.stringify(join(folder, 'journal'))};
export default async () => ({
  governor: { policy: ${policy}, audit: { directory, transports: [fileTransport({ path: ${JSON.stringify(join(folder, 'records.jsonl'))} })] } },
  proxy: {
    tokens: ${JSON.stringify({ issuer, audience })},
    listeners: ${JSON.stringify([{ port: 0, tls }, ...more])},
    upstreams: { main: ${JSON.stringify(upstream)} },
  },
});
`,
  );
  return file;
}

/** Starts the command. @returns the port that it listens on */
async function start(file: string, ...flags: readonly string[]): Promise<number> {
  const started = spawn(process.execPath, [fileURLToPath(MAIN), 'proxy', '--config', file, ...flags]);
  child = started;
  started.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return new Promise((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`it ended with ${code}: ${log}`)));
    createInterface({ input: started.stdout }).on('line', (line) => {
      const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

async function connect(port: number): Promise<Connection> {
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials('anna');
  const password = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const ca = await readFile(join(folder, CERTIFICATE_FILE), 'utf8');
  const login = { host: '127.0.0.1', port, user: 'anna', password, database: schema.name, ssl: { ca } };
  return createConnection({ ...login, enableCleartextPlugin: true });
}

async function reloaded(): Promise<void> {
  const before = log.length;
  child?.kill('SIGHUP');
  for (const end = Date.now() + 10_000; !/reload/.test(log.slice(before)); await setTimeout(20)) {
    if (Date.now() > end) throw new Error(`nothing was loaded again: ${log}`);
  }
}

it('takes another policy at SIGHUP, refuses all while it cannot be loaded, and ends at SIGTERM', async () => {
  await createCertificate(folder);
  const connection = await connect(await start(await writeConfig('defaultPolicy()')));
  await connection.query('INSERT INTO notes VALUES (1)');
  await writeConfig('readOnlyPolicy()');
  await reloaded();
  await expect(connection.query('INSERT INTO notes VALUES (2)')).rejects.toMatchObject({ errno: 1227 });
  await writeConfig('noSuchPolicy()');
  await reloaded();
  await expect(connection.query('SELECT 1')).rejects.toMatchObject({
    sqlMessage: expect.stringMatching(/^(?!.*noSuchPolicy).*policy-unavailable/) as string,
  });
  expect(log).toContain('noSuchPolicy');
  await writeConfig('defaultPolicy()');
  await reloaded();
  await connection.query('INSERT INTO notes VALUES (3)');
  await connection.end();
  const exited = once(child as ChildProcess, 'exit');
  child?.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  const records = (await readFile(join(folder, 'records.jsonl'), 'utf8')).trim().split('\n');
  const texts = records.flatMap((line) => {
    const { type, statement, outcome } = JSON.parse(line) as Record<string, { text: string; status: string }>;
    return (type as unknown) === 'statement' ? [`${statement?.text} ${outcome?.status}`] : [];
  });
  expect(texts).toEqual([
    'INSERT INTO notes VALUES (1) ok',
    'INSERT INTO notes VALUES (2) denied',
    'SELECT 1 denied',
    'INSERT INTO notes VALUES (3) ok',
  ]);
  expect(log).not.toContain('INSERT');
}, 60_000);

it.each([
  { how: 'one process', flags: [] },
  { how: 'two processes', flags: ['--workers', '2'] },
])(
  'opens and closes listeners of $how at SIGHUP, and ends no session',
  async ({ flags }) => {
    await createCertificate(folder);
    const socketPath = join(folder, 'agent.sock');
    const connection = await connect(await start(await writeConfig('defaultPolicy()'), ...flags));
    await writeConfig('defaultPolicy()', [{ socketPath }]);
    await reloaded();
    const isThere = (): Promise<boolean> =>
      access(socketPath).then(
        () => true,
        () => false,
      );
    await eventually(isThere);
    await writeConfig('defaultPolicy()', [{ socketPath }, { port: 0, tls: { certFile: 'none', keyFile: 'none' } }]);
    await reloaded();
    await eventually(() => log.includes('the configuration could not be reloaded'));
    expect(await isThere()).toBe(true);
    await connection.query('INSERT INTO notes VALUES (1)');
    await writeConfig('defaultPolicy()');
    await reloaded();
    await eventually(async () => !(await isThere()));
    await connection.query('INSERT INTO notes VALUES (2)');
    await connection.end();
  },
  60_000,
);

it('runs in several processes on one port, and starts one again that ends', async () => {
  await createCertificate(folder);
  const port = await start(await writeConfig('defaultPolicy()'), '--workers', '2');
  const pids = new Set<number>();
  (child as ChildProcess).stdout?.on('data', (text: Buffer) => {
    for (const [, pid] of text.toString().matchAll(/\(process (\d+)\)/g)) pids.add(Number(pid));
  });
  const connections = await Promise.all(Array.from({ length: 4 }, () => connect(port)));
  await Promise.all(connections.map((connection, id) => connection.query(`INSERT INTO notes VALUES (${id})`)));
  for (const connection of connections) connection.on('error', () => undefined);
  for (const end = Date.now() + 10_000; pids.size < 1 && Date.now() < end;) await setTimeout(20);
  const [victim = 0] = pids;
  process.kill(victim, 'SIGKILL');
  for (const end = Date.now() + 15_000; pids.size < 2 && Date.now() < end;) await setTimeout(50);
  expect(pids.size).toBeGreaterThanOrEqual(2);
  const after = await connect(port);
  await after.query('INSERT INTO notes VALUES (9)');
  await after.end();
  for (const connection of connections) connection.destroy();
  const exited = once(child as ChildProcess, 'exit');
  child?.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  const records = await readFile(join(folder, 'records.jsonl'), 'utf8');
  for (const id of [0, 1, 2, 3, 9]) expect(records).toContain(`INSERT INTO notes VALUES (${id})`);
}, 60_000);

it('says what is wrong with its configuration', async () => {
  const missing = await runCommand(['proxy', '--config', join(folder, 'nothing.ts')]);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('cannot be loaded') as string });
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, 'export default { governor: {} };');
  expect((await runCommand(['proxy', '--config', empty])).err).toContain('has no member proxy');
  await writeFile(empty, 'export default 7;');
  expect((await runCommand(['proxy', '--config', empty])).err).toContain('has no default export');
});
