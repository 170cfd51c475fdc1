import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeProgramFolder, type ProgramFolder } from './program-folder.js';

let folder: ProgramFolder;
beforeAll(async () => {
  folder = await makeProgramFolder(inject('database'), {
    statements: ['CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1), (2)'],
  });
});
afterAll(() => folder.close());

async function run(name: string, source: string, env?: Readonly<Record<string, string>>): Promise<string> {
  await folder.write(name, source);
  const { ok, output } = await folder.node([name], env);
  return `${ok ? '' : 'FAILED '}${output.trim()}`;
}

const outcome = (made: string): string => `
  const told = (error) => [error?.code, error?.errno, /rule [\\w-]+/.exec(error?.message ?? '')?.[0]].join(' ');
  ${made}`;

describe('in the place of mysql2', () => {
  it('governs what an ES module makes, by any name', async () => {
    const output = await run(
      'module.mjs',
      outcome(`
  import mysql, { createConnection, createPool, createPoolCluster, createPoolPromise } from 'countersign/mysql2';
  import promise, { createConnection as createPromised } from 'countersign/mysql2/promise';
  const options = ${folder.connection};
  const cluster = createPoolCluster();
  cluster.add('one', options);
  const makers = {
    named: () => createConnection(options).promise(),
    default: () => mysql.createConnection(options).promise(),
    connect: () => mysql.connect(options).promise(),
    pool: () => createPool(options).promise(),
    class: () => new mysql.Pool({ config: new mysql.createPool(options).config }).promise(),
    cluster: () => ({ query: (sql) => new Promise((resolve, reject) => cluster.of('one').query(sql, (e, r) => (e ? reject(e) : resolve(r)))), end: () => cluster.promise?.().end() ?? new Promise((resolve) => cluster.end(resolve)) }),
    promised: () => createPromised(options),
    promisedPool: () => promise.createPool(options),
    poolPromise: () => createPoolPromise(options),
  };
  for (const [name, make] of Object.entries(makers)) {
    const made = await make();
    console.log(name, await made.query('DELETE FROM t').then(() => 'DELETED', told));
    await made.end();
  }`),
    );
    const denied = 'ER_SPECIFIC_ACCESS_DENIED_ERROR 1227 rule no-unbounded-writes';
    const names = [
      'named',
      'default',
      'connect',
      'pool',
      'class',
      'cluster',
      'promised',
      'promisedPool',
      'poolPromise',
    ];
    expect(output.split('\n')).toEqual(names.map((name) => `${name} ${denied}`));
  });

  it('governs what a CommonJS program makes', async () => {
    const output = await run(
      'module.cjs',
      outcome(`
  const { createConnection, Connection, Types } = require('countersign/mysql2');
  const { createPool } = require('countersign/mysql2/promise');
  const connection = createConnection(${folder.connection});
  connection.query('DELETE FROM t', (error) => {
    console.log(told(error), connection instanceof Connection, Types.JSON);
    connection.end();
    const pool = createPool(${folder.connection});
    pool.execute('SELECT id FROM t WHERE id = ?', [2]).then(([rows]) => {
      console.log(JSON.stringify(rows));
      return pool.end();
    });
  });`),
    );
    expect(output.split('\n')).toEqual([
      'ER_SPECIFIC_ACCESS_DENIED_ERROR 1227 rule no-unbounded-writes true 245',
      '[{"id":2}]',
    ]);
  });

  it('has all that mysql2 exports, and tells types apart as it does', async () => {
    const output = await run(
      'names.mjs',
      `import { createRequire } from 'node:module';
  import mysql, * as named from 'countersign/mysql2';
  import promise, * as promised from 'countersign/mysql2/promise';
  const require = createRequire(import.meta.url);
  const lost = (stock, governed, names) =>
    Object.keys(stock).filter((name) => !(name in governed) || !(name in names) || typeof stock[name] !== typeof names[name]);
  console.log(JSON.stringify([lost(require('mysql2'), mysql, named), lost(require('mysql2/promise'), promise, promised)]));`,
    );
    expect(output).toBe('[[],[]]');
  });

  it('takes the governor that it is given', async () => {
    const output = await run(
      'given.mjs',
      `import { createGovernor, readOnlyPolicy, functionTransport } from 'countersign';
  import mysql, { setDefaultGovernor } from 'countersign/mysql2';
  import config from './countersign.config.mjs';
  const { governor: { identity } } = await config();
  const seen = [];
  const transport = functionTransport(({ records }) => void seen.push(...records.map((record) => JSON.parse(record))));
  const governor = createGovernor({ identity, policy: readOnlyPolicy(), audit: { directory: 'given', transports: [transport] } });
  setDefaultGovernor(governor);
  const pool = mysql.createPool(${folder.connection}).promise();
  console.log((await pool.query('INSERT INTO t VALUES (9)').catch((error) => error)).errno);
  await pool.end();
  await (await governor).close();
  console.log(seen.filter(({ type }) => type === 'statement').map(({ outcome }) => outcome.status).join());
  try { setDefaultGovernor(Promise.resolve(await governor)); } catch (error) { console.log(error.code); }
  identity.close();`,
    );
    expect(output.split('\n')).toEqual(['1227', 'denied', 'CONNECTION_UNSUPPORTED']);
  });

  it('fails each statement where there is no governor, and says why', async () => {
    const output = await run(
      'none.mjs',
      `import mysql from 'countersign/mysql2/promise';
  const pool = mysql.createPool(${folder.connection});
  for (const sql of ['SELECT 1', 'SELECT 2']) {
    console.log(await pool.query(sql).then(() => 'RAN', ({ code, message }) => code + ' ' + message));
  }
  await pool.end();`,
      { COUNTERSIGN_CONFIG: 'nowhere.mjs' },
    );
    const lines = output.split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^OPTIONS_INVALID the configuration nowhere\.mjs cannot be loaded/);
  });
});
