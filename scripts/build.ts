/**
 * `npm run build`: bundles what the package exports and runs into a few files, since a program that loads four hundred small ones takes 100 ms longer to start.
 * The declarations are tsc's.
 *
 * @module
 */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports, bin } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest;
const published = [
  ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [target.default])),
  ...Object.values(bin),
].map((file) => file.replace(/^\.\/dist\/|\.js$/g, ''));
/** What benches and tests take from the build by itself. */
const measured = ['src/sql/index', 'src/audit/index', 'src/audit/merging/merger', 'src/masking/detectors/index'];

// A build starts from an empty dist/, so that a file that was moved or deleted is not published.
rmSync(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [
    ...[...published, ...measured].map((name) => ({ in: `${name}.ts`, out: name })),
    // Beside the chunks that start them.
    { in: 'src/audit/merging/merge-thread.ts', out: 'merge-thread' },
    { in: 'src/collector/store/store-thread.ts', out: 'store-thread' },
  ],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
