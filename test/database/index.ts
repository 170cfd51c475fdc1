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
import { installMariadb, whyNoApt } from './apt.js';
import { findServer, inspectGivenServer, type ServerBinary } from './find-server.js';
import { startInstance } from './instance.js';
import type { StartOptions, TestDatabase } from './types.js';

export type { DatabaseAddress, Flavour, StartOptions, TestDatabase } from './types.js';

async function findOrInstall({
  flavour,
  onProgress,
}: Required<Pick<StartOptions, 'onProgress'>> & StartOptions): Promise<ServerBinary | string> {
  const given = process.env['COUNTERSIGN_TEST_SERVER'];
  if (given !== undefined && given !== '') return inspectGivenServer(given, flavour);
  const found = await findServer(flavour);
  if (found !== undefined) return found;
  if (flavour === 'mysql') return 'apt-get has no MySQL server that is known to fit';
  const why = whyNoApt() ?? (await installMariadb(onProgress));
  return why ?? (await findServer(flavour)) ?? 'apt-get installed no usable MariaDB server';
}

/**
 * Starts a database, or takes the one that is given.
 * @throws FailureError `CONNECTION_UNSUPPORTED` if there is none to be had (the message says what to install) or it does not start (the
 * message has the end of its log); `OPTIONS_INVALID` if what the environment gives does not fit.
 */
export async function startDatabase(options: StartOptions = {}): Promise<TestDatabase> {
  const { serverOptions = [], onProgress = () => undefined } = options;
  const server = await findOrInstall({ ...options, onProgress });
  if (typeof server !== 'string') return startInstance({ server, serverOptions, onProgress });
  throw new FailureError('CONNECTION_UNSUPPORTED', server);
}
