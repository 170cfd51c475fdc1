import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run } from '../database/run.js';

/** Of the repository. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

const NOT_REACHED =
  /\b(?:EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)\b/;
/** Nobody looks at them here; and a registry that is away is away. */
const QUICKLY = [
  '--no-audit',
  '--no-fund',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-timeout=60000',
];

/** An install that could not be made, because nobody answered. */
export interface NotInstalled {
  readonly why: string;
}

/** What npm said as it installed. */
export interface Installed {
  readonly output: string;
}

/**
 * Installs packages into a folder.
 * @throws where npm fails for another reason than that the registry cannot be reached
 */
export async function install(
  folder: string,
  packages: readonly string[],
  options: readonly string[] = [],
): Promise<Installed | NotInstalled> {
  const { ok, output } = await run('npm', ['install', ...QUICKLY, ...options, ...packages], { cwd: folder });
  if (ok) return { output };
  const code = NOT_REACHED.exec(output)?.[0];
  if (code !== undefined) return { why: `the registry of npm cannot be reached (${code})` };
  throw new Error(`npm install ${packages.join(' ')} failed: ${lastLines(output)}`);
}

/** Packs what would be published, as the last build left it. @returns the file, in a folder of its own */
export async function pack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-packed-'));
  const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  if (!packed.ok) throw new Error(`npm pack failed: ${lastLines(packed.output)}`);
  return join(folder, lastLines(packed.output, 1));
}
