import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { lastLines, run } from '../database/run.js';
import type { Suite, SuiteRun } from './suite.js';

const AT_ONCE = 2;
const TIMEOUT_MS = 90_000;

/** mysql2's tests: each file is a program. Those of `test/global` change the server's settings, and are run one after the other. */
export async function mysql2Suite(checkout: string): Promise<Suite> {
  const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string };
  return {
    name: 'mysql2',
    version,
    async run(options): Promise<void> {
      const files = await Promise.all(['test/unit', 'test/integration'].map((folder) => testsIn(checkout, folder)));
      const queue = files.flat().filter(options.isWanted);
      const worker = async (): Promise<void> => {
        for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runFile(checkout, file, options);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      for (const file of (await testsIn(checkout, 'test/global')).filter(options.isWanted))
        await runFile(checkout, file, options);
    },
  };
}

async function testsIn(checkout: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(checkout, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.test\.m?ts$/.test(entry.name))
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)))
    .sort();
}

async function runFile(checkout: string, file: string, options: SuiteRun): Promise<void> {
  const { env, nodeArguments, onResult } = options;
  const { host, port, user, password, database } = options.login;
  const login = { CI: '1', MYSQL_HOST: host, MYSQL_PORT: String(port), MYSQL_USER: user, MYSQL_PASSWORD: password };
  const args = ['--import', 'tsx', ...nodeArguments, file];
  const { ok, output } = await run(process.execPath, args, {
    cwd: checkout,
    env: { ...login, MYSQL_DATABASE: database, ...env },
    timeoutMs: TIMEOUT_MS,
  });
  onResult({ name: file, passed: ok, output: ok ? '' : lastLines(output, 40) });
}
