/**
 * `npm run ensure-built` asks it first: ends with 0 where nothing that `npm run build` reads has changed since it was last run to its end.
 *
 * @module
 */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Of what makes a build. */
const SOURCES = ['src', 'adapters'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.ts'];
/** Written by tsc, which comes last. */
const LAST = 'dist/src/index.d.ts';

const entries = (folder: string): Dirent[] => readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
// Folders, too: a file that was deleted or moved changes the time of its folder only.
const inputs = [
  ...FILES,
  ...SOURCES,
  ...SOURCES.flatMap((folder) =>
    entries(folder).map(({ parentPath, name }) => join(parentPath, name).slice(root.length)),
  ),
];
const timeOf = (path: string): number => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const built = timeOf(LAST);
process.exitCode = inputs.every((input) => timeOf(input) < built) ? 0 : 1;
