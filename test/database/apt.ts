/** Gets MariaDB from Debian or Ubuntu, where we are root. The `-core` packages start no service. */
import { findPrograms } from './find-program.js';
import { lastLines, run } from './run.js';

const SERVER_PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];

/** Why there is nothing to try, or undefined if packages can be installed here. */
export function whyNoApt(): string | undefined {
  if (findPrograms(['apt-get']).length === 0) return 'there is no apt-get here';
  return process.getuid?.() === 0 ? undefined : 'installing with apt-get needs root';
}

function aptGet(...args: readonly string[]): ReturnType<typeof run> {
  // Several test runs may want to install at once: wait for the lock instead of failing on it.
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  return run('apt-get', [...options, ...args], { DEBIAN_FRONTEND: 'noninteractive' });
}

/**
 * Installs the server, the programs that make its data directory, and openssl if it is not there.
 * @returns Why that failed, or undefined if it did not.
 */
export async function installMariadb(onProgress: (line: string) => void): Promise<string | undefined> {
  const packages = findPrograms(['openssl']).length === 0 ? [...SERVER_PACKAGES, 'openssl'] : SERVER_PACKAGES;
  const install = ['install', '--no-install-recommends', ...packages];
  onProgress(`no database server found: installing ${packages.join(', ')} with apt-get (starts no service)`);
  if ((await aptGet(...install)).ok) return undefined;
  onProgress('apt-get update, since the package lists are missing or old');
  await aptGet('update');
  const { ok, output } = await aptGet(...install);
  return ok ? undefined : `apt-get ${install.join(' ')} failed:\n${lastLines(output)}`;
}
