/**
 * `npm run demo:proxy`: an OIDC issuer, a collector, a private database, `countersign proxy` in a process of its own, and MariaDB's command line as
 * the caller, which has a token and no password. Ends by itself, and leaves nothing behind.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clientCredentials } from 'countersign';
import { findPrograms } from '../../test/database/find-program.js';
import { tail } from '../demo/collector-process.js';
import { heading, paint, say, step } from '../demo/screen.js';
import { COLLECTOR_TOKEN, play, setUp, whenOver } from '../demo/stage.js';

const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const config = fileURLToPath(new URL('countersign.config.ts', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts `countersign proxy`, as an operator would. */
async function startProxyProcess(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [cli, 'proxy', '--config', config, '--log-level', 'warn'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  whenOver(async () => {
    if (child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the proxy ended with code ${String(code)} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      step(line);
      if (line.startsWith('health')) resolve();
    });
  });
  return child;
}

/** Runs MariaDB's command line, and shows what it prints. */
async function ask(defaults: string, sql: string): Promise<string> {
  const [program] = findPrograms(['mariadb']);
  if (program === undefined) throw new Error('there is no mariadb on PATH: apt-get install mariadb-client-core');
  say();
  say(`${paint('cyan', ' mariadb>')} ${sql}`);
  return new Promise((resolve) => {
    execFile(program, [`--defaults-file=${defaults}`, '--table', '-e', sql], (error, stdout, stderr) => {
      const lines = (stdout + stderr.replaceAll(/^-{3,}\n[^]*?-{3,}\n\n?/gm, '')).trim();
      for (const line of lines.split('\n')) say(`   ${paint(error === null ? 'green' : 'red', line)}`);
      resolve(lines);
    });
  });
}

async function main(): Promise<void> {
  const { directory, database, schema, agents, collector } = await setUp();
  const { issuer, audience, tokenEndpoint, clientId, clientSecret } = agents.credentials('support-agent');
  const port = await freePort();
  await startProxyProcess({
    AUDIT_DIRECTORY: join(directory, 'journal'),
    COLLECTOR_URL: collector.url,
    COLLECTOR_TOKEN,
    ISSUER: issuer,
    AUDIENCE: audience,
    PROXY_PORT: String(port),
    DATABASE_HOST: `${schema.connection.host}:${schema.connection.port}`,
    DATABASE_USER: schema.connection.user,
    DATABASE_PASSWORD: schema.connection.password,
    DATABASE_CA: database.ca ?? '',
    CREDENTIAL_KEY: randomBytes(32).toString('base64'),
  });

  heading('A support agent, with its token as the password');
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const login = async (name: string, password: string): Promise<string> => {
    const file = join(directory, name);
    const lines = ['[client]', 'host=127.0.0.1', `port=${port}`, 'user=support-agent+SUP-1042', `password=${password}`];
    await writeFile(file, [...lines, 'ssl', `database=${schema.name}`, ''].join('\n'), { mode: 0o600 });
    return file;
  };
  const agent = await login('agent.cnf', token);
  const seen = await ask(agent, "SELECT id, name, email FROM customers WHERE city = 'Bern' ORDER BY id");
  await ask(agent, "UPDATE orders SET status = 'closed' WHERE id = 11; SELECT id, status FROM orders");
  const refused = await ask(agent, 'DELETE FROM orders');

  heading('Somebody with the database’s password, and somebody with nothing');
  const denied = await ask(await login('password.cnf', schema.connection.password), 'SELECT 1');
  await ask(await login('nothing.cnf', ''), 'SELECT 1');

  heading('What the collector knows');
  step(`countersign tail --url ${collector.url}`);
  say();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const records = await tail(collector.url, COLLECTOR_TOKEN);
  process.stdout.write(records);
  const asExpected =
    !seen.includes('alice.adams@') &&
    refused.includes('1227') &&
    denied.includes('1045') &&
    records.includes('SUP-1042');
  if (!asExpected) throw new Error('the demo did not show what it should have');
}

await play(main);
