import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastLines, run } from '../database/run.js';
import { install, pack, ROOT } from './npm.js';

/** What of the package's manifest is looked at. */
export interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export const manifest: Manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** A folder in which somebody has installed what would be published. */
export interface Consumer {
  readonly path: string;
  /** What npm said; undefined where the registry could not be reached, and packages are those of this repository. */
  readonly npmOutput: string | undefined;
  close(): Promise<void>;
}

/** What is installed beside Countersign, in the version that this repository has. */
export interface ConsumerOptions {
  readonly packages?: readonly string[];
  /** Of npm. */
  readonly options?: readonly string[];
}

/** Packs the package, and installs it with others into an empty folder. */
export async function makeConsumer({ packages = [], options = [] }: ConsumerOptions = {}): Promise<Consumer> {
  const tarball = await pack();
  const path = await mkdtemp(join(tmpdir(), 'countersign-consumer-'));
  await writeFile(join(path, 'package.json'), '{ "name": "consumer", "private": true }\n');
  const versions = packages.map((name) => `${name}@${manifest.devDependencies[name] ?? ''}`);
  const installed = await install(path, [tarball, ...versions], options);
  if ('why' in installed) await layOut(path, tarball, packages);
  await rm(dirname(tarball), { recursive: true });
  return {
    path,
    npmOutput: 'why' in installed ? undefined : installed.output,
    close: () => rm(path, { recursive: true, force: true }),
  };
}

/** As npm would have: what the package does not name among its dependencies is not there. */
async function layOut(path: string, tarball: string, packages: readonly string[]): Promise<void> {
  const modules = join(path, 'node_modules');
  await rm(modules, { recursive: true, force: true });
  await mkdir(join(modules, '.bin'), { recursive: true });
  const unpacked = await run('tar', ['-xzf', tarball, '-C', modules]);
  if (!unpacked.ok) throw new Error(`tar failed: ${lastLines(unpacked.output)}`);
  await rename(join(modules, 'package'), join(modules, 'countersign'));
  for (const [name, file] of Object.entries(manifest.bin)) {
    await chmod(join(modules, 'countersign', file), 0o755);
    await symlink(join('..', 'countersign', file), join(modules, '.bin', name));
  }
  for (const name of [...Object.keys(manifest.dependencies), ...packages]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
}
