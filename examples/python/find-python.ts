import { installPackages, whyNoApt } from '../../test/database/apt.js';
import { findPrograms } from '../../test/database/find-program.js';
import { run } from '../../test/database/run.js';

/** Debian's own, which is the one that has Debian's packages. */
const DEBIAN_PYTHON = '/usr/bin/python3';
const PACKAGE = 'python3-pymysql';

/**
 * Finds a Python that has PyMySQL, or installs it with apt where it may.
 * @throws Error that says what to install
 */
export async function findPython(onProgress: (line: string) => void): Promise<string> {
  for (const python of findPrograms(['python3'])) if (await hasPyMysql(python)) return python;
  const problem = whyNoApt() ?? (await installPackages(() => [PACKAGE], onProgress));
  if (problem === undefined && (await hasPyMysql(DEBIAN_PYTHON))) return DEBIAN_PYTHON;
  const why = problem ?? `${DEBIAN_PYTHON} does not see ${PACKAGE}`;
  throw new Error(`no python3 on PATH has PyMySQL: pip install pymysql, or apt-get install ${PACKAGE} (${why})`);
}

async function hasPyMysql(python: string): Promise<boolean> {
  return (await run(python, ['-c', 'import pymysql'])).ok;
}
