/** One throw-away server from a binary of this machine. */
import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from './certificate.js';
import type { ServerBinary } from './find-server.js';
import { createPassword } from './password.js';
import { waitUntilReady } from './readiness.js';
import { lastLines } from './run.js';
import { runAsArguments, tuningArguments } from './server-arguments.js';
import { supervise } from './supervisor.js';
import { createDataDirectory } from './template.js';
import type { TestDatabase } from './types.js';

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use|do you already have another/i;
// sockaddr_un.sun_path has room for 104 bytes on some systems.
const MAX_SOCKET_PATH_BYTES = 100;

/** A port of the loopback interface that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Makes the folder of one instance, with room in its path for the socket's. At once, so that nothing can end us before it is looked after. */
export function createInstanceFolder(): string {
  const prefix = 'countersign-db-';
  const socketBytes = Buffer.byteLength(join(tmpdir(), `${prefix}XXXXXX`, 'socket'));
  return mkdtempSync(join(socketBytes < MAX_SOCKET_PATH_BYTES ? tmpdir() : '/tmp', prefix));
}

/** Runs before the server listens, so no account without a password can ever be reached. */
function initSql(password: string): string {
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    `DROP USER IF EXISTS 'root'@'::1';`,
    `DROP USER IF EXISTS 'root'@'${HOST}';`,
    `CREATE USER 'root'@'${HOST}' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO 'root'@'${HOST}' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

function serverArguments({ server, serverOptions }: InstanceOptions, directory: string, port: number): string[] {
  return [
    '--no-defaults',
    ...runAsArguments(),
    `--datadir=${join(directory, 'data')}`,
    `--tmpdir=${directory}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'server.pid')}`,
    `--init-file=${join(directory, 'init.sql')}`,
    `--bind-address=${HOST}`,
    `--port=${String(port)}`,
    `--ssl-cert=${join(directory, CERTIFICATE_FILE)}`,
    `--ssl-key=${join(directory, KEY_FILE)}`,
    ...tuningArguments(server.flavour),
    ...serverOptions,
  ];
}

/** What to start. */
export interface InstanceOptions {
  readonly server: ServerBinary;
  /** Further arguments, after the launcher's own. */
  readonly serverOptions: readonly string[];
  readonly onProgress: (line: string) => void;
}

/** @returns The database, or the log of a server that did not come up. */
async function attempt(options: InstanceOptions): Promise<TestDatabase | { readonly log: string }> {
  const { server, onProgress } = options;
  const port = await findFreePort();
  const directory = createInstanceFolder();
  const args = serverArguments(options, directory, port);
  const { prepare, start, hasEnded, stop } = supervise({ command: server.path, args, directory });
  try {
    await createDataDirectory({ server, dataPath: join(directory, 'data'), onProgress, onGroup: prepare });
    const ca = await createCertificate(directory);
    const login = { host: HOST, port, user: 'root', password: createPassword(), ca };
    await writeFile(join(directory, 'init.sql'), initSql(login.password), { mode: 0o600 });
    start();
    const ready = await waitUntilReady(login, READY_WITHIN_MS, hasEnded);
    if ('version' in ready) {
      const socketPath = join(directory, 'socket');
      return { ...login, flavour: server.flavour, version: ready.version, socketPath, owned: true, stop };
    }
    const log = await readFile(join(directory, 'server.log'), 'utf8');
    await stop();
    return { log: `${log}\nlast answer: ${String(ready.error)}` };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts a server on a free port of the loopback interface.
 * @throws FailureError `CONNECTION_UNSUPPORTED` with the last lines of the server's log, if it does not start.
 */
export async function startInstance(options: InstanceOptions): Promise<TestDatabase> {
  for (let left = PORT_ATTEMPTS; ; left--) {
    const result = await attempt(options);
    if (!('log' in result)) return result;
    if (left > 1 && PORT_TAKEN.test(result.log)) continue;
    const log = lastLines(result.log, 20);
    throw new FailureError('CONNECTION_UNSUPPORTED', `${options.server.path} did not start. Its log ends:\n${log}`);
  }
}
