/**
 * A data directory is made once for each server and kept as one archive: a single file is there whole or not at all, also when a
 * system cleans its temporary folders by age.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { realpathSync } from 'node:fs';
import { FailureError } from '../../src/errors.js';
import type { ServerBinary } from './find-server.js';
import { lastLines, run } from './run.js';
import { TEMPLATE_ARGUMENTS } from './server-arguments.js';

// Part of the key: raise it when what a template contains changes.
const TEMPLATE_FORMAT = 1;

function isOurs(path: string, kind: 'isFile' | 'isDirectory'): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.[kind]() === true && status.uid === (process.getuid?.() ?? status.uid);
}

/** A folder that only this user writes: another user must not plant a template in a shared temporary folder. */
function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const candidates = [
    join(cache, 'countersign', 'templates'),
    join(tmpdir(), `countersign-templates-${String(userInfo().uid)}`),
  ];
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (isOurs(folder, 'isDirectory')) return folder;
    } catch {
      // A user without a home: the next candidate.
    }
  }
  const where = candidates.join(' nor ');
  throw new FailureError(
    'CONNECTION_UNSUPPORTED',
    `Cannot keep a database template in ${where}; set XDG_CACHE_HOME to a folder of your own`,
  );
}

function creation(server: ServerBinary, dataPath: string): [command: string, args: string[]] {
  const common = [
    '--no-defaults',
    `--datadir=${dataPath}`,
    `--user=${userInfo().username}`,
    ...TEMPLATE_ARGUMENTS[server.flavour],
  ];
  if (server.installScript === undefined) return [server.path, [...common, '--initialize-insecure']];
  const base = dirname(dirname(realpathSync(server.path)));
  const accounts = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', '--force'];
  return [server.installScript, [...common, ...accounts, `--basedir=${base}`]];
}

async function createTemplate(server: ServerBinary, archive: string): Promise<void> {
  const work = await mkdtemp(join(dirname(archive), 'making-'));
  try {
    const dataPath = join(work, 'data');
    await mkdir(dataPath);
    const made = await run(...creation(server, dataPath));
    if (!made.ok)
      throw new FailureError(
        'CONNECTION_UNSUPPORTED',
        `${server.path} made no data directory:\n${lastLines(made.output)}`,
      );
    // A copy has to make its own server id.
    await rm(join(dataPath, 'auto.cnf'), { force: true });
    const packed = await run('tar', ['-C', dataPath, '-cf', join(work, 'data.tar'), '.']);
    if (!packed.ok)
      throw new FailureError('CONNECTION_UNSUPPORTED', `tar made no template:\n${lastLines(packed.output)}`);
    await rename(join(work, 'data.tar'), archive);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Puts a fresh data directory in place, from the template, which is made the first time. Safe with several processes at once: each makes
 * its own, and the last to be renamed into place stays.
 * @throws FailureError `CONNECTION_UNSUPPORTED`, with the last lines of what failed.
 */
export async function createDataDirectory(
  server: ServerBinary,
  dataPath: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const key = createHash('sha256')
    .update(`${String(TEMPLATE_FORMAT)}\n${server.path}\n${server.versionLine}`)
    .digest('hex')
    .slice(0, 16);
  const archive = join(cacheFolder(), `${server.flavour}-${key}.tar`);
  if (!isOurs(archive, 'isFile')) {
    onProgress(`making a data directory template for ${server.versionLine}`);
    await createTemplate(server, archive);
  }
  await mkdir(dataPath, { mode: 0o700 });
  const unpacked = await run('tar', ['-C', dataPath, '-xf', archive]);
  if (!unpacked.ok)
    throw new FailureError('CONNECTION_UNSUPPORTED', `tar could not unpack ${archive}:\n${lastLines(unpacked.output)}`);
}
