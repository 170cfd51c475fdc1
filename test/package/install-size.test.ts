import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { run } from '../database/run.js';
import { readFromRoot } from '../docs/named-in.js';
import { type Consumer, makeConsumer } from './consumer.js';
import { typeErrors } from './type-errors.js';

/** What imports no peer. */
const ALONE = ['countersign', 'countersign/http', 'countersign/transports', 'countersign/collector'];

let consumer: Consumer;
beforeAll(async () => {
  consumer = await makeConsumer({ options: ['--omit=dev', '--omit=peer'] });
});
afterAll(() => consumer.close());

/** A number of the first table of the page. */
function bound(row: string): number {
  const [, most = ''] = new RegExp(`^\\| ${row} +\\|[^|]+\\| (\\d+)`, 'm').exec(readFromRoot('docs/package.md')) ?? [];
  return Number(most);
}

/** What npm said; without it, what is there is not an install. */
function npmOutput({ skip }: TestContext): string {
  return consumer.npmOutput ?? skip('the registry of npm cannot be reached');
}

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

it('an install stays within the bounds of docs/package.md', async (context) => {
  npmOutput(context);
  const modules = join(consumer.path, 'node_modules');
  const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8')) as { packages: object };
  const packages = Object.keys(lock.packages).length;
  const megabytes = Math.ceil((await bytesOf(modules)) / 1e6);
  expect({ packages, megabytes }).toSatisfy(
    () => packages <= bound('packages') && megabytes <= bound('megabytes of files'),
  );
  // Fewer would be a sign that something else was counted.
  expect(packages).toBeGreaterThan(60);
});

it('an install fits this Node.js', (context) => {
  expect(npmOutput(context)).not.toMatch(/EBADENGINE|ERESOLVE/);
});

it('does without peers what needs none, and says which one is missing', async () => {
  const program = ALONE.map((name) => `await import('${name}');`).join('\n');
  const imported = await run(execPath, ['--input-type=module', '--eval', program], { cwd: consumer.path });
  expect(imported).toEqual({ ok: true, output: '' });
  const command = join('node_modules', '.bin', 'countersign');
  const checked = await run(execPath, [command, 'check', 'SELECT 1'], { cwd: consumer.path });
  expect(checked.output).toContain('allow');
  const proxy = await run(execPath, [command, 'proxy'], { cwd: consumer.path });
  expect(proxy).toEqual({ ok: false, output: 'countersign: mysql2 is needed for this: npm install mysql2\n' });
});

it('has types that need no peers where it needs none', async () => {
  const source = ALONE.map((name, at) => `export * as given${at} from '${name}';`).join('\n');
  expect(await typeErrors(consumer.path, { 'alone.mts': source }, 'nodenext')).toEqual([]);
}, 60_000);
