import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { messageOf } from '../message-of.js';

const TIME = /^\d{8}T\d{9}Z$/;

/** Gives a file the name `<path>.<time>`, which sorts by age. */
export async function setAside(path: string): Promise<void> {
  for (let ms = Date.now(); ; ms++) {
    const aside = `${path}.${new Date(ms).toISOString().replace(/[-:.]/g, '')}`;
    if (await exists(aside)) continue;
    await rename(path, aside);
    return;
  }
}

/**
 * Deletes the oldest files that were set aside.
 * @param keep - how many stay
 * @returns why one could not be deleted
 */
export async function discardOldest(path: string, keep: number): Promise<string | undefined> {
  const start = `${basename(path)}.`;
  try {
    const names = await readdir(dirname(path));
    const aside = names.filter((name) => name.startsWith(start) && TIME.test(name.slice(start.length))).sort();
    for (const name of aside.slice(0, Math.max(0, aside.length - keep))) await rm(join(dirname(path), name));
    return undefined;
  } catch (error) {
    return `an old file could not be deleted: ${messageOf(error)}`;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
