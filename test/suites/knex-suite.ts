import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../database/run.js';
import type { Suite, SuiteRun } from './suite.js';

const TIMEOUT_MS = 15 * 60_000;

/** What mocha's reporter `json` writes of a test. */
interface MochaTest {
  readonly fullTitle: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

interface MochaReport {
  readonly passes: readonly MochaTest[];
  readonly failures: readonly MochaTest[];
}

/** knex's integration tests with the client `mysql2`: one program. */
export async function knexSuite(checkout: string): Promise<Suite> {
  const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string };
  return {
    name: 'knex',
    version,
    async run(options): Promise<void> {
      const folder = await mkdtemp(join(tmpdir(), 'countersign-knex-suite-'));
      try {
        await options.administer(['DROP DATABASE IF EXISTS knex_test', 'CREATE DATABASE knex_test']);
        for (const [passed, tests] of Object.entries(await runMocha(checkout, folder, options)))
          report(passed === 'passes', tests, options);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Titles that several tests have are numbered. */
function report(passed: boolean, tests: readonly MochaTest[], { isWanted, onResult }: SuiteRun): void {
  const seen = new Map<string, number>();
  for (const { fullTitle, err } of tests) {
    const count = (seen.get(fullTitle) ?? 0) + 1;
    seen.set(fullTitle, count);
    const name = count === 1 ? fullTitle : `${fullTitle} (${count})`;
    if (isWanted(name)) onResult({ name, passed, output: err?.stack ?? err?.message ?? '' });
  }
}

async function runMocha(
  checkout: string,
  folder: string,
  { login, env, nodeArguments }: SuiteRun,
): Promise<MochaReport> {
  const { host, port, user, password } = login;
  const [settings, output] = [join(folder, 'knex-test.cjs'), join(folder, 'report.json')];
  const mysql = { host, port, user, password, database: 'knex_test', charset: 'utf8' };
  await writeFile(settings, `module.exports = { mysql: ${JSON.stringify(mysql)} };\n`);
  const mocha = [
    'node_modules/mocha/bin/mocha.js',
    '--exit',
    '-t',
    '10000',
    '--config',
    'test/mocha-integration-config-test.js',
  ];
  const result = await run(
    process.execPath,
    [...nodeArguments, ...mocha, '--reporter', 'json', '--reporter-option', `output=${output}`],
    { cwd: checkout, env: { DB: 'mysql2', KNEX_TEST: settings, ...env }, timeoutMs: TIMEOUT_MS },
  );
  const text = await readFile(output, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`mocha has written no report: ${result.output.slice(-4_000)}`);
  const { passes, failures } = JSON.parse(text) as MochaReport;
  return { passes, failures };
}
