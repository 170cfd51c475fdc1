/** A throw-away server in a container, where this machine has no server and cannot install one. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from './certificate.js';
import { createInstanceFolder, findFreePort } from './instance.js';
import { createPassword } from './password.js';
import { waitUntilReady } from './readiness.js';
import { lastLines, run } from './run.js';
import { tuningArguments } from './server-arguments.js';
import { supervise } from './supervisor.js';
import type { Flavour, TestDatabase } from './types.js';

const IMAGE: Record<Flavour, string> = { mariadb: 'mariadb:lts', mysql: 'mysql:lts' };
const HOST = '127.0.0.1';
const READY_WITHIN_MS = 120_000;

/** Why containers cannot be run here, or undefined if they can. */
export async function whyNoDocker(): Promise<string | undefined> {
  const { ok, output } = await run('docker', ['info']);
  return ok ? undefined : `no working Docker engine (${lastLines(output, 1)})`;
}

async function pull(image: string, onProgress: (line: string) => void): Promise<void> {
  if ((await run('docker', ['image', 'inspect', image])).ok) return;
  onProgress(`pulling ${image} with Docker`);
  const { ok, output } = await run('docker', ['pull', '--quiet', image]);
  if (!ok) throw new FailureError('CONNECTION_UNSUPPORTED', `docker pull ${image} failed:\n${lastLines(output)}`);
}

async function createTls(folder: string): Promise<string> {
  await mkdir(folder);
  const ca = await createCertificate(folder);
  // The server's user in the container is another one; on this machine the folder above keeps others out.
  await chmod(folder, 0o755);
  await chmod(join(folder, KEY_FILE), 0o644);
  return ca;
}

/** What to run in a container. */
export interface ContainerOptions {
  readonly flavour: Flavour;
  readonly serverOptions: readonly string[];
  readonly onProgress: (line: string) => void;
}

function containerArguments({ flavour, serverOptions }: ContainerOptions, tlsFolder: string, port: number): string[] {
  return [
    ...['--publish', `${HOST}:${String(port)}:3306`, '--volume', `${tlsFolder}:/tls:ro`, IMAGE[flavour]],
    ...[`--ssl-cert=/tls/${CERTIFICATE_FILE}`, `--ssl-key=/tls/${KEY_FILE}`],
    ...tuningArguments(flavour),
    ...serverOptions,
  ];
}

/**
 * Starts a server in a container that is reachable on the loopback interface only.
 * @throws FailureError `CONNECTION_UNSUPPORTED` with the end of what Docker or the server said.
 */
export async function startContainer(options: ContainerOptions): Promise<TestDatabase> {
  const { flavour, onProgress } = options;
  await pull(IMAGE[flavour], onProgress);
  const account = { host: HOST, port: await findFreePort(), user: 'root', password: createPassword() };
  const directory = createInstanceFolder();
  const tlsFolder = join(directory, 'tls');
  const container = `countersign-db-${randomBytes(6).toString('hex')}`;
  // By its name only: the value does not show in the list of processes.
  const passwordVariable = `${flavour.toUpperCase()}_ROOT_PASSWORD`;
  const named = ['run', '--rm', '--name', container, '--label', 'countersign=test-database', '--env', passwordVariable];
  const args = [...named, ...containerArguments(options, tlsFolder, account.port)];
  const env = { [passwordVariable]: account.password };
  const { start, hasEnded, stop } = supervise({ command: 'docker', args, directory, container, env });
  try {
    const login = { ...account, ca: await createTls(tlsFolder) };
    start();
    const ready = await waitUntilReady(login, READY_WITHIN_MS, hasEnded);
    if ('version' in ready) return { ...login, flavour, version: ready.version, owned: true, stop };
    const log = lastLines(await readFile(join(directory, 'server.log'), 'utf8'), 20);
    const what = `${IMAGE[flavour]} did not start in Docker (${String(ready.error)})`;
    throw new FailureError('CONNECTION_UNSUPPORTED', `${what}. Its log ends:\n${log}`);
  } catch (error) {
    await stop();
    throw error;
  }
}
