import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { arch, execPath, platform, versions } from 'node:process';
import { run } from '../database/run.js';
import { install, type NotInstalled, ROOT } from './npm.js';

const CACHE = join(ROOT, 'node_modules', '.cache', 'node');

/** A Node.js of a major version, or why there is none. */
export type NodeBinary = { readonly path: string } | NotInstalled;

/** Finds a Node.js: the one that runs this, the one that was fetched earlier, or one from the registry of npm, which is kept. */
export async function nodeBinary(major: number): Promise<NodeBinary> {
  if (versions.node.startsWith(`${major}.`)) return { path: execPath };
  const path = join(CACHE, String(major));
  if (await isNode(path, major)) return { path };
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'fetched-'));
  try {
    // What the package `node` would install in a script.
    const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
    const installed = await install(folder, [`${name}@${major}`], ['--prefix', folder, '--ignore-scripts']);
    if ('why' in installed) return installed;
    // Another process may be doing the same.
    await rename(join(folder, 'node_modules', name, 'bin', 'node'), path);
    if (await isNode(path, major)) return { path };
    throw new Error(`the Node.js ${major} of ${name} does not run here`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isNode(path: string, major: number): Promise<boolean> {
  const { ok, output } = await run(path, ['--version']);
  return ok && output.startsWith(`v${major}.`);
}
