/**
 * The throw-away database of tests, demo and bench: a private server with TLS, a generated password and a free port, which is removed
 * afterwards, also after a crash.
 *
 * Looked for in this order: COUNTERSIGN_TEST_URL (a server that runs, not ours), COUNTERSIGN_TEST_SERVER (path of a server binary),
 * `mariadbd` or `mysqld` in PATH and the usual folders, apt-get as root, Docker.
 *
 * @module
 */
import { FailureError } from '../../src/errors.js';
import { installMissing, whyNoApt } from './apt.js';
import { startContainer, whyNoDocker } from './docker.js';
import { findPrograms } from './find-program.js';
import { findServer, inspectGivenServer, type ServerBinary } from './find-server.js';
import { useGivenDatabase } from './given.js';
import { startInstance } from './instance.js';
import type { Flavour, StartOptions, TestDatabase } from './types.js';

export type { DatabaseAddress, StartOptions, TestDatabase } from './types.js';

function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** @returns A server that can be started, or why there is none. */
async function findOrInstall(onProgress: (line: string) => void, flavour?: Flavour): Promise<ServerBinary | string> {
  const found = await findServer(flavour);
  const missing = { server: found === undefined, openssl: findPrograms(['openssl']).length === 0 };
  if (found !== undefined && !missing.openssl) return found;
  const name = flavour === 'mysql' ? 'mysqld of MySQL' : 'usable MariaDB or MySQL server';
  const what = missing.server ? `no ${name} in PATH or the usual folders` : 'no openssl in PATH';
  if (missing.server && flavour === 'mysql') return `${what}, none to be had with apt-get`;
  const why = whyNoApt() ?? (await installMissing(missing, onProgress));
  return why === undefined ? ((await findServer(flavour)) ?? what) : `${what}, ${why}`;
}

const INSTALL: Record<Flavour, string> = {
  mariadb: 'install MariaDB and openssl (as root: apt-get install mariadb-server-core mariadb-client-core openssl)',
  mysql: 'set COUNTERSIGN_TEST_SERVER to a mysqld (on Debian, test/database/fetch-mysql.sh gets one without root)',
};

/**
 * Starts a database, or takes the one that is given.
 * @throws FailureError `CONNECTION_UNSUPPORTED` if there is none to be had (the message says what to install) or it does not start (the
 * message has the end of its log); `OPTIONS_INVALID` if what the environment gives does not fit.
 */
export async function startDatabase(options: StartOptions = {}): Promise<TestDatabase> {
  const { flavour, serverOptions = [], onProgress = () => undefined } = options;
  const url = fromEnvironment('COUNTERSIGN_TEST_URL');
  if (url !== undefined) return useGivenDatabase(url, flavour);
  const path = fromEnvironment('COUNTERSIGN_TEST_SERVER');
  const server =
    path === undefined ? await findOrInstall(onProgress, flavour) : await inspectGivenServer(path, flavour);
  if (typeof server !== 'string') return startInstance({ server, serverOptions, onProgress });
  const whyNot = await whyNoDocker();
  if (whyNot === undefined) return startContainer({ flavour: flavour ?? 'mariadb', serverOptions, onProgress });
  throw new FailureError(
    'CONNECTION_UNSUPPORTED',
    `No test database: ${server}, and ${whyNot}. To go on, ${INSTALL[flavour ?? 'mariadb']}, or start Docker, ` +
      'or set COUNTERSIGN_TEST_URL=mysql://user:password@host:port to an administrative account of a server that runs.',
  );
}
