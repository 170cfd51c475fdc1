/**
 * A data directory is made once for each server and kept as one archive: a single file is there whole or not at all, also when a
 * system cleans its temporary folders by age.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import type { ServerBinary } from './find-server.js';
import { lastLines, run, type RunOptions } from './run.js';
import { runAsArguments, TEMPLATE_ARGUMENTS } from './server-arguments.js';

// Part of the key: raise it when what a template contains changes.
const TEMPLATE_FORMAT = 1;

function isOurs(path: string, kind: 'isFile' | 'isDirectory'): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.[kind]() === true && status.uid === (process.getuid?.() ?? status.uid);
}

/** Makes a folder that only this user writes: another user must not plant a template in a shared temporary folder. */
function makeOwnFolder(locate: () => string): string | undefined {
  try {
    const folder = locate();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOurs(folder, 'isDirectory') ? folder : undefined;
  } catch {
    // A user without a home, or one whose home is not writable: the next place will do.
    return undefined;
  }
}

function cacheFolder(): string {
  const inCache = makeOwnFolder(() =>
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'countersign', 'templates'),
  );
  const folder =
    inCache ?? makeOwnFolder(() => join(tmpdir(), `countersign-templates-${String(process.getuid?.() ?? '')}`));
  if (folder !== undefined) return folder;
  const what = 'No folder to keep the template of the test database in';
  throw new FailureError('CONNECTION_UNSUPPORTED', `${what}: set XDG_CACHE_HOME to a folder of your own`);
}

type Run = (command: string, args: readonly string[]) => Promise<void>;

async function runOrFail(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { ok, output } = await run(command, args, options);
  if (ok) return;
  throw new FailureError('CONNECTION_UNSUPPORTED', `${command} made no data directory:\n${lastLines(output)}`);
}

async function initialise(server: ServerBinary, dataPath: string, runIt: Run): Promise<void> {
  const common = ['--no-defaults', `--datadir=${dataPath}`, ...runAsArguments(), ...TEMPLATE_ARGUMENTS[server.flavour]];
  if (server.installScript === undefined) {
    await runIt(server.path, [...common, '--initialize-insecure']);
    // Each copy has to make a server id of its own.
    await rm(join(dataPath, 'auto.cnf'), { force: true });
    return;
  }
  const base = dirname(dirname(realpathSync(server.path)));
  // --force: a bare container may have no /etc/hosts.
  const accounts = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', '--force'];
  await runIt(server.installScript, [...common, ...accounts, `--basedir=${base}`]);
}

/** What to make a data directory of. */
export interface DataDirectoryOptions {
  readonly server: ServerBinary;
  /** The directory to make, in an existing one. */
  readonly dataPath: string;
  readonly onProgress: (line: string) => void;
  /** Told the process group of each program that writes there, for whoever has to end it. */
  readonly onGroup: (id: number) => void;
}

/**
 * Makes a fresh data directory: from the template, or, the first time, by the server, and then keeps it as the template. Safe with several
 * processes at once: each makes its own, and the last to be renamed into place stays.
 * @throws FailureError `CONNECTION_UNSUPPORTED`, with the last lines of what failed.
 */
export async function createDataDirectory(options: DataDirectoryOptions): Promise<void> {
  const { server, dataPath, onProgress, onGroup } = options;
  const runIt: Run = (command, args) => runOrFail(command, args, { onGroup });
  const identity = `${String(TEMPLATE_FORMAT)}\n${server.path}\n${server.versionLine}`;
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const archive = join(cacheFolder(), `${server.flavour}-${key}.tar`);
  await mkdir(dataPath, { mode: 0o700 });
  if (isOurs(archive, 'isFile')) {
    await runIt('tar', ['-C', dataPath, '-xf', archive]);
    return;
  }
  onProgress(`making a data directory template for ${server.versionLine}`);
  await initialise(server, dataPath, runIt);
  const unfinished = `${archive}.${randomUUID()}`;
  try {
    await runIt('tar', ['-C', dataPath, '-cf', unfinished, '.']);
    await rename(unfinished, archive);
  } finally {
    await rm(unfinished, { force: true });
  }
}
