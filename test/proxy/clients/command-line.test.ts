import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it, type TestContext } from 'vitest';
import { dumpPolicy, type Policy } from '../../../src/guardrails/index.js';
import { installPackages, whyNoApt } from '../../database/apt.js';
import { findPrograms } from '../../database/find-program.js';
import { run } from '../../database/run.js';
import { type Proxied, startProxied } from '../index.js';
import { SCENARIO } from './scenario.js';

const INSTALLING_MS = 180_000;
const database = inject('database');

let folder: string;
let proxied: Proxied | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'));
});
afterEach(async () => {
  await proxied?.close();
  proxied = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Starts a proxy. @returns the option that has the clients of MariaDB log in there */
async function start(policy?: Policy): Promise<{ defaults: string; schema: string; proxied: Proxied }> {
  const started = await startProxied(database, { ...SCENARIO, ...(policy !== undefined && { governor: { policy } }) });
  proxied = started;
  const caFile = join(folder, 'ca.pem');
  const file = join(folder, 'client.cnf');
  await writeFile(caFile, started.ca);
  const lines = [
    `host=${started.host}`,
    `port=${started.port}`,
    'user=anna',
    `password=${await started.token('anna')}`,
  ];
  await writeFile(file, ['[client]', ...lines, `ssl-ca=${caFile}`, 'ssl-verify-server-cert', ''].join('\n'));
  return { defaults: `--defaults-file=${file}`, schema: started.schema.name, proxied: started };
}

async function need(context: TestContext, program: string, ...packages: readonly string[]): Promise<void> {
  if (findPrograms([program]).length > 0) return;
  const log = (line: string): void => void process.stderr.write(`${program}: ${line}\n`);
  const problem = whyNoApt() ?? (await installPackages(() => packages, log));
  if (problem === undefined) return;
  process.stderr.write(`SKIPPED: ${program} is not here: ${problem}\n`);
  context.skip(problem);
}

it('mariadb', { timeout: INSTALLING_MS }, async (context) => {
  await need(context, 'mariadb', 'mariadb-client');
  const { defaults, schema } = await start();
  const say = (sql: string): ReturnType<typeof run> => run('mariadb', [defaults, '-N', schema, '-e', sql]);
  expect((await say('SELECT id, name FROM items ORDER BY id')).output).toBe('1\tnaïve\n2\ttwo\n');
  expect((await say("BEGIN; INSERT INTO notes VALUES (1, 'gone'); ROLLBACK; SELECT COUNT(*) FROM notes")).output).toBe(
    '0\n',
  );
  expect((await say('SELECT * FROM no_such_table')).output).toContain('ERROR 1146 (42S02)');
  expect((await say('SELECT filler FROM big')).output).toHaveLength(2_000 * 1_001);
  expect((await say('SELECT email FROM customers')).output).toBe('[masked]\n');
  expect((await say('DELETE FROM customers')).output).toContain('ERROR 1227 (42000)');
  expect((await run('mariadb', [defaults, schema, '-e', 'status'])).output).toMatch(/SSL:\s+Cipher in use/);
});

it('mariadb-dump, under the preset for it', { timeout: INSTALLING_MS }, async (context) => {
  await need(context, 'mariadb-dump', 'mariadb-client');
  const { defaults, schema, proxied: through } = await start(dumpPolicy());
  for (const options of [['--single-transaction'], ['--lock-tables']]) {
    const { ok, output } = await run('mariadb-dump', [
      defaults,
      '--no-tablespaces',
      ...options,
      schema,
      'items',
      'customers',
    ]);
    expect(ok, output).toBe(true);
    expect(output).toContain("INSERT INTO `items` VALUES\n(1,'naïve'),\n(2,'two');");
    expect(output).toContain("(1,'[masked]')");
    expect(output).not.toContain('ada@example.test');
  }
  const records = await through.records();
  // To MySQL it says things in comments that only MariaDB reads.
  const denied = records.filter(({ outcome }) => outcome.status === 'denied');
  if (database.flavour === 'mariadb') expect(denied).toEqual([]);
  expect(new Set(records.map(({ agent }) => agent?.subject))).toEqual(new Set(['agent-anna']));
});

it('mariadb-slap', { timeout: INSTALLING_MS }, async (context) => {
  await need(context, 'mariadb-slap', 'mariadb-client');
  const { defaults, schema, proxied: through } = await start();
  const query = 'SELECT name FROM items WHERE id = 1';
  const load = ['--concurrency=8', '--number-of-queries=400', `--query=${query}`];
  const { ok, output } = await run('mariadb-slap', [defaults, `--create-schema=${schema}`, '--no-drop', ...load]);
  expect(ok, output).toBe(true);
  const texts = (await through.records()).map(({ statement }) => statement.text);
  expect(texts.filter((text) => text === query)).toHaveLength(400);
});

it('sysbench', { timeout: INSTALLING_MS }, async (context) => {
  await need(context, 'sysbench', 'sysbench');
  const { schema, proxied: through } = await start();
  const { user, password, port } = through.schema.connection;
  const table = ['oltp_read_only', `--mysql-db=${schema}`, '--tables=1', '--table-size=200'];
  const direct = [
    `--mysql-host=127.0.0.1`,
    `--mysql-port=${port}`,
    `--mysql-user=${user}`,
    `--mysql-password=${password}`,
  ];
  const prepared = await run('sysbench', [...table, ...direct, 'prepare']);
  expect(prepared.ok, prepared.output).toBe(true);
  const login = await credential(through);
  const target = [
    `--mysql-host=${through.host}`,
    `--mysql-port=${through.port}`,
    `--mysql-user=${login.user}`,
    `--mysql-password=${login.password}`,
  ];
  for (const mode of ['--db-ps-mode=disable', '--db-ps-mode=auto']) {
    const { ok, output } = await run('sysbench', [
      ...table,
      ...target,
      '--threads=4',
      '--events=40',
      '--time=0',
      mode,
      'run',
    ]);
    expect(ok, output).toBe(true);
    expect(output).toMatch(/ignored errors:\s+0 /);
    expect(output).toMatch(/transactions:\s+40 /);
  }
});

/** sysbench has no authority to give, and so no TLS that could be believed: it gets a short-lived credential. */
async function credential(through: Proxied): Promise<{ user: string; password: string }> {
  const answer = await fetch(`${through.proxy.credentialsUrl ?? ''}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await through.token('anna')}` },
  });
  return (await answer.json()) as { user: string; password: string };
}
