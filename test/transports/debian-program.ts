/**
 * Receivers as Debian and Ubuntu have them: found on this machine, or unpacked from their packages into a folder of their own, which needs no
 * root, starts no service, and suits packages that exclude each other.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPrograms, isExecutable } from '../database/find-program.js';
import { lastLines, run } from '../database/run.js';

/** A program that can be started. */
export interface DebianProgram {
  readonly path: string;
  /** Folder that it was unpacked in; `/` where it is installed. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What to look for. */
export interface ProgramSource {
  readonly program: string;
  readonly packages: readonly string[];
  /** A file of the installed program without which it is of no use: below `/usr/lib/<one folder>`. */
  readonly needs?: string;
}

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/countersign-receivers');
/** Of what a package depends on, this is unpacked with it where it is not installed. */
const UNPACKED_TOO = /^lib/;

/** Finds or gets a program. @returns it, or why there is none and what to install */
export async function findOrUnpack(source: ProgramSource): Promise<DebianProgram | string> {
  const found = installed(source) ?? unpacked(source) ?? (await unpack(source));
  if (typeof found !== 'string') return found;
  return `${source.program} is not here and cannot be had: ${found}. Install ${source.packages.join(', ')}.`;
}

/** Finds or gets a program. Without one, tests are skipped with the reason, except in CI, where that is an error. */
export async function findReceiver(source: ProgramSource): Promise<DebianProgram | undefined> {
  const reason = await findOrUnpack(source);
  if (typeof reason !== 'string') return reason;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return undefined;
}

function installed({ program, needs }: ProgramSource): DebianProgram | undefined {
  const [path] = findPrograms([program]);
  if (path === undefined || (needs !== undefined && !libraryFolders('/').some((folder) => has(folder, needs)))) return;
  return { path, root: '/', env: {} };
}

function unpacked({ program, packages }: ProgramSource): DebianProgram | undefined {
  const root = join(CACHE, packages[0] ?? program);
  const path = ['usr/sbin', 'usr/bin'].map((folder) => join(root, folder, program)).find(isExecutable);
  return path === undefined ? undefined : { path, root, env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } };
}

async function unpack(source: ProgramSource): Promise<DebianProgram | string> {
  if (findPrograms(['apt-get']).length === 0) return 'there is no apt-get here';
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'new-'));
  try {
    const problem = await download(source.packages, folder);
    if (problem !== undefined) return problem;
    renameSync(join(folder, 'root'), join(CACHE, source.packages[0] ?? source.program));
  } catch {
    // Another run was first.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return unpacked(source) ?? `the packages have no ${source.program}`;
}

async function download(packages: readonly string[], folder: string): Promise<string | undefined> {
  const names = await withLibraries(packages);
  const script =
    'cd "$0" && apt-get download -q "$@" && mkdir root && for file in *.deb; do dpkg-deb -x "$file" root; done';
  const get = (): ReturnType<typeof run> => run('/bin/sh', ['-c', script, folder, ...names]);
  let result = await get();
  if (!result.ok && process.getuid?.() === 0) {
    await run('apt-get', ['update', '-q', '-o', 'DPkg::Lock::Timeout=300']);
    result = await get();
  }
  return result.ok ? undefined : lastLines(result.output);
}

async function withLibraries(packages: readonly string[]): Promise<string[]> {
  const only = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`);
  const { output } = await run('apt-cache', ['depends', '--recurse', ...only, ...packages]);
  const libraries = output.split('\n').filter((line) => UNPACKED_TOO.test(line));
  const { output: known } = await run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\n']);
  const here = new Set(known.split('\n').flatMap((line) => /^ii +(\S+)/.exec(line)?.[1] ?? []));
  return [...packages, ...libraries.filter((name) => !here.has(name.replace(/:.*/, '')))];
}

/** The folders below `lib` and `usr/lib`, in one of which the libraries are. */
export function libraryFolders(root: string): string[] {
  return ['usr/lib', 'lib'].flatMap((parent) => {
    const path = join(root, parent);
    return entries(path).map((name) => join(path, name));
  });
}

function has(folder: string, path: string): boolean {
  return entries(join(folder, dirname(path))).some((name) => join(dirname(path), name) === path);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
