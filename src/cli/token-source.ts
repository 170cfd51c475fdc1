import { readFile } from 'node:fs/promises';

import { FailureError } from '../errors.js';

const VARIABLE = 'COUNTERSIGN_COLLECTOR_TOKEN';

/**
 * The collector's token: from a file, else from the environment. It is no command-line argument, because every user of the machine can
 * read those.
 * @throws FailureError `OPTIONS_INVALID` when the file cannot be read
 */
export async function readToken(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? process.env[VARIABLE] : readSecret(file);
}

/**
 * What a file holds, without white space around it.
 * @throws FailureError `OPTIONS_INVALID` when the file cannot be read
 */
export async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${file} cannot be read`, { cause });
  }
}
