/** Finds a server binary on this machine and tells what it is. */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { findPrograms, isExecutable } from './find-program.js';
import { lastLines, run } from './run.js';
import type { Flavour } from './types.js';

/** A server binary that can be started. */
export interface ServerBinary {
  readonly flavour: Flavour;
  readonly path: string;
  /** What `--version` prints: with the path, the key of the template. */
  readonly versionLine: string;
  /** MariaDB only: the script that makes a data directory. MySQL's server does that itself. */
  readonly installScript?: string;
}

/** Where a server's other programs may be: beside it (packages), or in the tree of an unpacked archive. */
function foldersAround(serverPath: string): string[] {
  const base = dirname(dirname(realpathSync(serverPath)));
  return [join(base, 'bin'), join(base, 'scripts')];
}

function findInstallScript(serverPath: string): string | undefined {
  const around = foldersAround(serverPath);
  // The script needs my_print_defaults, which Debian has in another package.
  if (findPrograms(['my_print_defaults'], around).length === 0) return undefined;
  return findPrograms(['mariadb-install-db', 'mysql_install_db'], around)[0];
}

async function inspect(path: string): Promise<ServerBinary | undefined> {
  const { ok, output } = await run(path, ['--no-defaults', '--version']);
  if (!ok) return undefined;
  const versionLine = lastLines(output, 1);
  if (!/mariadb/i.test(versionLine)) return { flavour: 'mysql', path, versionLine };
  const installScript = findInstallScript(path);
  return installScript === undefined ? undefined : { flavour: 'mariadb', path, versionLine, installScript };
}

/**
 * The first usable server in PATH and the usual folders. A MariaDB server without the programs that make its data directory is not usable.
 * @returns Undefined if there is none.
 */
export async function findServer(flavour?: Flavour): Promise<ServerBinary | undefined> {
  for (const path of findPrograms(flavour === 'mysql' ? ['mysqld'] : ['mariadbd', 'mysqld'])) {
    const server = await inspect(path);
    if (server !== undefined && (flavour === undefined || server.flavour === flavour)) return server;
  }
  return undefined;
}

/**
 * The server that COUNTERSIGN_TEST_SERVER names.
 * @throws FailureError `OPTIONS_INVALID` if it is no server, or one of another family than was asked for.
 */
export async function inspectGivenServer(given: string, flavour?: Flavour): Promise<ServerBinary> {
  const path = resolve(given);
  const server = isExecutable(path) ? await inspect(path) : undefined;
  if (server === undefined) {
    const why =
      'has to be an executable mariadbd (with mariadb-install-db and my_print_defaults beside it or in PATH) or mysqld';
    throw new FailureError('OPTIONS_INVALID', `COUNTERSIGN_TEST_SERVER=${given}: ${why}`);
  }
  if (flavour !== undefined && server.flavour !== flavour) {
    const found = `is ${server.flavour} (${server.versionLine}), but ${flavour} was asked for`;
    throw new FailureError('OPTIONS_INVALID', `COUNTERSIGN_TEST_SERVER=${given} ${found}`);
  }
  return server;
}
