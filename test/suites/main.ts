/**
 * `npm run suites -- mysql2|knex CHECKOUT [--only REGEXP] [--verbose] [--json]`: runs the tests of mysql2 or knex, from a checkout of their repository whose dependencies are installed, once with
 * the stock driver and once governed by `countersign/register`, on the same server, and says what governing breaks. Then it holds the server's general
 * log against the records.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { startDatabase, type TestDatabase } from '../database/index.js';
import { connectionOptions } from '../database/readiness.js';
import { governedRun } from './governed-run.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { knexSuite } from './knex-suite.js';
import { mysql2Suite } from './mysql2-suite.js';
import type { Suite, SuiteLogin, SuiteResult, SuiteRun } from './suite.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, only: { type: 'string' }, verbose: { type: 'boolean' } },
});
const SUITES: Readonly<Record<string, (checkout: string) => Promise<Suite>>> = { mysql2: mysql2Suite, knex: knexSuite };
const [name = '', checkout] = positionals;
const make = SUITES[name];
if (make === undefined || checkout === undefined) {
  process.stderr.write(
    'npm run suites -- mysql2|knex CHECKOUT: which tests, and where their repository is checked out\n',
  );
  process.exit(2);
}

const suite = await make(resolve(checkout));
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const database = await startDatabase({ onProgress: say, serverOptions: ['--local-infile=1'] });
const login = await makeAccount(database);
const collect = async (options: Pick<SuiteRun, 'env' | 'nodeArguments'>): Promise<Map<string, SuiteResult>> => {
  const results = new Map<string, SuiteResult>();
  const onResult = (result: SuiteResult): void => {
    results.set(result.name, result);
    if (!result.passed) say(`failed: ${result.name}${values.verbose === true ? `\n${result.output}` : ''}`);
  };
  const isWanted = (test: string): boolean => values.only === undefined || new RegExp(values.only).test(test);
  await suite.run({ login, administer, ...options, isWanted, onResult });
  return results;
};
say(`${suite.name} ${suite.version} on ${database.flavour} ${database.version}, stock`);
const stock = await collect({ env: {}, nodeArguments: [] });
say('governed');
const governing = await governedRun(database, login.user);
const governed = await collect(governing);
const account = await governing.account();
await governing.close();
await database.stop();

/** An account that may do everything, whose statements can be told from ours. */
async function makeAccount({ host, port }: TestDatabase): Promise<SuiteLogin> {
  const [user, password] = ['suite', 'suite'];
  await administer([
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION`,
    'CREATE DATABASE IF NOT EXISTS test',
  ]);
  return { host, port, user, password, database: 'test' };
}

async function administer(statements: readonly string[]): Promise<void> {
  const admin = await createConnection(connectionOptions(database));
  for (const sql of statements) await admin.query(sql);
  await admin.end();
}

const failed = (results: Map<string, SuiteResult>): string[] =>
  [...results.values()].filter(({ passed }) => !passed).map((result) => result.name);
const known = new Set((KNOWN_DIFFERENCES[suite.name] ?? []).flatMap(({ tests }) => tests));
const differences = failed(governed).filter((test) => stock.get(test)?.passed === true);
const regressions = differences.filter((test) => !known.has(test));
const mended = [...known].filter((test) => governed.get(test)?.passed === true);
const report = {
  ...{ suite: suite.name, version: suite.version, server: `${database.flavour} ${database.version}` },
  ...{
    tests: stock.size,
    stockFailed: failed(stock),
    governedFailed: failed(governed),
    regressions,
    mended,
    ...account,
  },
};
if (values.json === true) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
else {
  process.stdout.write(
    `${report.tests} tests; stock fails ${report.stockFailed.length}, governed ${report.governedFailed.length}\n`,
  );
  process.stdout.write(
    `${differences.length - regressions.length} differences are known, ${regressions.length} are not\n`,
  );
  for (const test of mended) process.stdout.write(`passes now: ${test}\n`);
  for (const test of regressions) process.stdout.write(`regression: ${test}\n${governed.get(test)?.output ?? ''}\n\n`);
  process.stdout.write(
    `${account.executed} statements in the general log, ${account.unaccounted.length} without a record\n`,
  );
  for (const text of account.unaccounted.slice(0, 20)) process.stdout.write(`  ${text}\n`);
}
process.exitCode = regressions.length + mended.length + account.unaccounted.length === 0 ? 0 : 1;
