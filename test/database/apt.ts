/** Gets what a test database needs from Debian or Ubuntu, where we are root. The `-core` packages start no service. */
import { findPrograms } from './find-program.js';
import { lastLines, run } from './run.js';

/** What the machine lacks. */
export interface Missing {
  /** A MariaDB server, with the programs that make its data directory. */
  readonly server: boolean;
  /** The program that makes certificates. */
  readonly openssl: boolean;
}

/** Why there is nothing to try, or undefined if packages can be installed here. */
export function whyNoApt(): string | undefined {
  if (findPrograms(['apt-get']).length === 0) return 'there is no apt-get here';
  return process.getuid?.() === 0 ? undefined : 'installing with apt-get needs root';
}

function aptGet(...args: readonly string[]): ReturnType<typeof run> {
  // Several test runs may want to install at once: wait for the lock instead of failing on it.
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  return run('apt-get', [...options, ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

/** The name of a package: Debian 11 and Ubuntu 22.04 have it only with the server's version at its end. */
async function corePackage(part: 'server' | 'client'): Promise<string> {
  const plain = `mariadb-${part}-core`;
  const { output } = await run('apt-cache', ['search', '--names-only', `^${plain}(-[0-9.]+)?$`]);
  const names = output.split('\n').flatMap((line) => line.match(/^mariadb-\S+/)?.[0] ?? []);
  return names.includes(plain) ? plain : (names.sort().at(-1) ?? plain);
}

async function packagesFor({ server, openssl }: Missing): Promise<string[]> {
  const packages = server ? await Promise.all([corePackage('server'), corePackage('client')]) : [];
  return openssl ? [...packages, 'openssl'] : packages;
}

/**
 * Installs what is missing; brings the package lists up to date only if that fails.
 * @returns Why it failed, or undefined if it did not.
 */
export async function installMissing(
  missing: Missing,
  onProgress: (line: string) => void,
): Promise<string | undefined> {
  return installPackages(() => packagesFor(missing), onProgress);
}

/**
 * Installs packages; brings the package lists up to date only if that fails.
 * @param packages - Asked again after an update, because names may follow from the lists.
 * @returns Why it failed, or undefined if it did not.
 */
export async function installPackages(
  packages: () => Promise<readonly string[]> | readonly string[],
  onProgress: (line: string) => void,
): Promise<string | undefined> {
  const first = await packages();
  onProgress(`installing ${first.join(', ')} with apt-get, which starts no service`);
  if ((await aptGet('install', '--no-install-recommends', ...first)).ok) return undefined;
  onProgress('apt-get update, since the package lists are missing or old');
  await aptGet('update');
  const install = ['install', '--no-install-recommends', ...(await packages())];
  const { ok, output } = await aptGet(...install);
  return ok ? undefined : `apt-get ${install.join(' ')} failed:\n${lastLines(output)}\n`;
}
