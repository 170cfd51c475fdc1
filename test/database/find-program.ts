/** Finds programs in PATH and in the folders where servers are installed, which are often not in a user's PATH. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec'];

/** True if the path is a file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Every program of these names, in the order of the folders: `first`, PATH, then the usual folders of servers.
 * @param first - Folders that come before PATH.
 */
export function findPrograms(names: readonly string[], first: readonly string[] = []): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...new Set([...first, ...path, ...SERVER_FOLDERS])];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isExecutable);
}
