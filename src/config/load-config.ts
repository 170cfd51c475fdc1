import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FailureError, isCountersignError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { CountersignConfig } from '../proxy/index.js';

const NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs'].map((extension) => `countersign.config.${extension}`);

/**
 * Finds the configuration of this process: the file that `COUNTERSIGN_CONFIG` names, else `countersign.config.*` in the working directory.
 * @throws FailureError `OPTIONS_INVALID` where there is none
 */
export async function findConfig(): Promise<string> {
  const { COUNTERSIGN_CONFIG: named } = process.env;
  if (named !== undefined && named !== '') return named;
  for (const name of NAMES) {
    const found = await access(name).then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  throw new FailureError(
    'OPTIONS_INVALID',
    `there is no configuration: write ${NAMES[0] ?? ''} in ${process.cwd()}, or name a file in COUNTERSIGN_CONFIG`,
  );
}

/**
 * Loads a configuration: TypeScript or JavaScript, whose default export is the configuration or a function that gives it.
 * @param again - as it is now, with all that it imports, where it was loaded before
 * @throws FailureError `OPTIONS_INVALID` where it cannot be loaded
 */
export async function loadConfig(
  file: string,
  { again = false }: { readonly again?: boolean } = {},
): Promise<CountersignConfig> {
  const path = resolve(file);
  try {
    await access(path);
    const exported = again || /\.m?ts$/.test(path) ? await importAnew(path) : await importOnce(path);
    const config: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
    if (typeof config === 'object' && config !== null && 'governor' in config) return config as CountersignConfig;
  } catch (cause) {
    if (isCountersignError(cause)) throw cause;
    throw new FailureError('OPTIONS_INVALID', `the configuration ${file} cannot be loaded: ${messageOf(cause)}`, {
      cause,
    });
  }
  throw new FailureError(
    'OPTIONS_INVALID',
    `the configuration ${file} has no default export { governor: { … }, proxy: { … } }`,
  );
}

async function importOnce(path: string): Promise<unknown> {
  const { default: exported } = (await import(pathToFileURL(path).href)) as { default: unknown };
  return exported;
}

/** Through jiti, which reads TypeScript, and keeps nothing between two looks. It takes 60 ms to load. */
async function importAnew(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(path).href, { moduleCache: false, fsCache: false, interopDefault: true });
  return jiti.import(path, { default: true });
}
