import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The id of the store in a directory, made when it is asked for first: a directory that is set up anew has another one. */
export function storeIdOf(directory: string): string {
  const file = join(directory, 'store-id');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const id = randomUUID();
  const fresh = openSync(`${file}.new`, 'w', 0o600);
  writeSync(fresh, `${id}\n`);
  fsyncSync(fresh);
  closeSync(fresh);
  renameSync(`${file}.new`, file);
  return id;
}
