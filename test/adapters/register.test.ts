import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeProgramFolder, type ProgramFolder } from './program-folder.js';

/** Other copies, under names of their own. */
const VERSIONS = ['mysql2-3.0', 'mysql2-3.6', 'mysql2-3.11', 'mysql2-3.19', 'mysql2-newest'];

let folder: ProgramFolder;
beforeAll(async () => {
  folder = await makeProgramFolder(inject('database'), {
    statements: ['CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1), (2)'],
    packages: { mysql2: 'mysql2', tsx: 'tsx', ...Object.fromEntries(VERSIONS.map((name) => [name, name])) },
  });
  const { connection } = folder;
  await folder.write(
    'esm.mjs',
    `import mysql, { createPool } from 'mysql2/promise';
const pool = createPool(${connection});
const [rows] = await pool.query('SELECT id FROM t /* esm */');
const denied = await pool.execute('DELETE FROM t').catch((error) => error);
console.log(rows.length, denied.code, denied.errno, mysql.createPool === createPool);
await pool.end();
`,
  );
  await folder.write(
    'cjs.cjs',
    `const mysql = require('mysql2');
const connection = mysql.createConnection(${connection});
connection.query('SELECT id FROM t /* cjs */', (error, rows) => {
  connection.query('DELETE FROM t', (denied) => {
    console.log(rows.length, denied.code, denied.errno, connection instanceof mysql.Connection);
    connection.end();
  });
});
`,
  );
  await folder.write(
    'ts.mts',
    `import { createConnection, type RowDataPacket } from 'mysql2/promise';
const connection = await createConnection(${connection});
const [rows] = await connection.query<RowDataPacket[]>('SELECT id FROM t /* tsx */');
const denied = await connection.query('DELETE FROM t').catch((error: { code: string; errno: number }) => error);
console.log(rows.length, 'code' in denied ? denied.code : '', 'errno' in denied ? denied.errno : '', true);
await connection.end();
`,
  );
});
afterAll(() => folder.close());

const REGISTER = ['--import', 'countersign/register'];

describe('a program that knows nothing of Countersign', () => {
  for (const [name, args] of [
    ['esm', [...REGISTER, 'esm.mjs']],
    ['cjs', [...REGISTER, 'cjs.cjs']],
    ['tsx', ['--import', 'tsx', ...REGISTER, 'ts.mts']],
  ] as const) {
    it(`is governed (${name}), and ends`, async () => {
      const { ok, output } = await folder.node(args);
      expect([ok, output.trim()]).toEqual([true, '2 ER_SPECIFIC_ACCESS_DENIED_ERROR 1227 true']);
      const record = (await folder.records()).find(({ statement }) => statement.text.includes(`/* ${name} */`));
      expect(record).toMatchObject({ agent: { subject: 'agent-anna' }, outcome: { status: 'ok', rows: 2 } });
    });
  }

  for (const name of VERSIONS) {
    it(`is governed with ${name}, by pools and single connections`, async () => {
      await folder.write(
        `${name}.cjs`,
        `const mysql = require('${name}');
const told = (error) => (error ? error.errno : 'DELETED');
const single = mysql.createConnection(${folder.connection});
const pool = mysql.createPool(${folder.connection});
single.query('DELETE FROM t', (first) => {
  pool.query('DELETE FROM t', (second) => {
    console.log(told(first), told(second));
    single.end();
    pool.end();
  });
});
`,
      );
      const { ok, output } = await folder.node([...REGISTER, `${name}.cjs`], { NODE_NO_WARNINGS: '1' });
      expect([ok, output.trim()]).toEqual([true, '1227 1227']);
    });
  }

  it('is governed where it is bundled and mysql2 is not', async () => {
    await build(folder.path, { external: ['mysql2'], outfile: 'bundle.cjs' });
    const { ok, output } = await folder.node([...REGISTER, 'bundle.cjs']);
    expect([ok, output.trim()]).toEqual([true, '2 ER_SPECIFIC_ACCESS_DENIED_ERROR 1227 true']);
  });

  it('ends before its first statement where mysql2 is bundled with it', async () => {
    await build(folder.path, { external: [], outfile: 'whole.cjs' });
    const { ok, output } = await folder.node([...REGISTER, 'whole.cjs']);
    expect(ok).toBe(false);
    expect(output).toContain('leave mysql2 out of the bundle');
    expect(output).not.toContain('true');
  });

  it('does not start without a configuration', async () => {
    const { ok, output } = await folder.node([...REGISTER, 'cjs.cjs'], { COUNTERSIGN_CONFIG: 'nowhere.ts' });
    expect(ok).toBe(false);
    expect(output).toContain('the configuration nowhere.ts cannot be loaded');
    expect(output).not.toContain('true');
  });
});

/** Bundles the program that `require`s mysql2. */
async function build(path: string, options: { readonly external: string[]; readonly outfile: string }): Promise<void> {
  await esbuild({
    absWorkingDir: path,
    entryPoints: ['cjs.cjs'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    ...options,
  });
}
