/** The test suite of MariaDB, from Debian's package of it. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { findPrograms } from '../database/find-program.js';
import { lastLines, run } from '../database/run.js';

const PACKAGE = 'mariadb-test-data';
const INSTALLED = '/usr/share/mysql/mysql-test';

/**
 * The folder of the suite: the installed one, or what `apt-get download` brings, unpacked into a folder and kept there. Needs no root.
 * @param cache folder of its own; made if it is missing
 * @throws FailureError `CONNECTION_UNSUPPORTED` where there is neither
 */
export async function suiteFolder(cache: string): Promise<string> {
  const unpacked = join(cache, INSTALLED);
  for (const folder of [INSTALLED, unpacked]) if (existsSync(join(folder, 'main'))) return folder;
  if (findPrograms(['apt-get']).length === 0) throw missing('there is no apt-get here');
  mkdirSync(cache, { recursive: true });
  const script = `cd "$1" && apt-get download ${PACKAGE} && dpkg-deb -x ${PACKAGE}_*.deb . && rm ${PACKAGE}_*.deb`;
  const { ok, output } = await run('/bin/sh', ['-c', script, 'sh', cache]);
  if (ok && existsSync(unpacked) && readdirSync(unpacked).length > 0) return unpacked;
  throw missing(`apt-get download ${PACKAGE} failed:\n${lastLines(output)}`);
}

function missing(why: string): FailureError {
  const install = `install it (apt-get update && apt-get install ${PACKAGE}) or name files of statements`;
  return new FailureError('CONNECTION_UNSUPPORTED', `No corpus: ${why}. To go on, ${install}.`);
}
