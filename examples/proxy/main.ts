/**
 * An OIDC issuer, a collector, a private database, `countersign proxy` in a process of its own, and MariaDB's command line as the caller, which has a token and no
 * password.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPrograms } from '../../test/database/find-program.js';
import { run } from '../../test/database/run.js';
import { showTail } from '../stage/collector-process.js';
import { play } from '../stage/play.js';
import { startProxyProcess } from '../stage/proxy-process.js';
import { heading, paint, say } from '../stage/screen.js';
import { getToken } from '../stage/sign-in.js';
import { setUp } from '../stage/stage.js';

/** Runs MariaDB's command line, and shows what it prints. */
async function ask(defaults: string, sql: string): Promise<string> {
  const [program] = findPrograms(['mariadb']);
  if (program === undefined) throw new Error('there is no mariadb on PATH: apt-get install mariadb-client-core');
  say();
  say(`${paint('cyan', ' mariadb>')} ${sql}`);
  const { ok, output } = await run(program, [`--defaults-file=${defaults}`, '--table', '-e', sql]);
  const lines = output.replaceAll(/^-{3,}\n[^]*?-{3,}\n\n?/gm, '').trim();
  for (const line of lines.split('\n')) say(`   ${paint(ok ? 'green' : 'red', line)}`);
  return lines;
}

async function main(): Promise<void> {
  const stage = await setUp();
  const { directory, schema, agents, collector } = stage;
  const proxy = await startProxyProcess(stage);
  const login = async (name: string, password: string): Promise<string> => {
    const file = join(directory, name);
    const server = [`host=${proxy.host}`, `port=${proxy.port}`, `ssl-ca=${proxy.caFile}`, 'ssl-verify-server-cert'];
    const user = ['user=support-agent+SUP-1042', `password=${password}`, `database=${schema.name}`];
    await writeFile(file, ['[client]', ...server, ...user, ''].join('\n'), { mode: 0o600 });
    return file;
  };

  heading('A support agent, with its token as the password');
  const agent = await login('agent.cnf', await getToken(agents.credentials('support-agent')));
  const seen = await ask(agent, "SELECT id, name, email FROM customers WHERE city = 'Bern' ORDER BY id");
  await ask(agent, "UPDATE orders SET status = 'closed' WHERE id = 11; SELECT id, status FROM orders");
  const refused = await ask(agent, 'DELETE FROM orders');

  heading('Somebody with the database’s password, and somebody with nothing');
  const denied = await ask(await login('password.cnf', schema.connection.password), 'SELECT 1');
  await ask(await login('nothing.cnf', ''), 'SELECT 1');

  await proxy.end();
  const records = await showTail(collector);
  const asExpected =
    !seen.includes('alice.adams@') &&
    refused.includes('1227') &&
    denied.includes('1045') &&
    records.some(({ task }) => task?.id === 'SUP-1042');
  if (!asExpected) throw new Error('the example did not show what it should have');
}

await play(main);
