import { lstat, rm } from 'node:fs/promises';
import { FailureError } from '../errors.js';

/**
 * Removes the socket that a process before has left.
 * @throws FailureError `OPTIONS_INVALID` where something else is in its place
 */
export async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new FailureError('OPTIONS_INVALID', `listeners: ${path} is there, and no socket`);
  await rm(path, { force: true });
}
