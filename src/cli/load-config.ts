import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { FailureError, isCountersignError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { CountersignConfig } from '../proxy/index.js';

/**
 * Loads a configuration, as it is now: TypeScript or JavaScript, whose default export is the configuration or a function that gives it.
 * @throws FailureError `OPTIONS_INVALID` where it cannot be loaded
 */
export async function loadConfig(file: string): Promise<CountersignConfig> {
  const path = resolve(file);
  try {
    await access(path);
    // Nothing is kept between two looks, so that a change is seen.
    const jiti = createJiti(pathToFileURL(path).href, { moduleCache: false, fsCache: false, interopDefault: true });
    const exported: unknown = await jiti.import(path, { default: true });
    const config: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
    if (typeof config === 'object' && config !== null && 'governor' in config) return config as CountersignConfig;
  } catch (cause) {
    if (isCountersignError(cause)) throw cause;
    throw new FailureError('OPTIONS_INVALID', `--config: ${file} cannot be loaded: ${messageOf(cause)}`, { cause });
  }
  throw new FailureError(
    'OPTIONS_INVALID',
    `--config: ${file} has no default export { governor: { … }, proxy: { … } }`,
  );
}
