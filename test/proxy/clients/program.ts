/** Clients of MySQL in other languages, as Debian has them. */
import { fileURLToPath } from 'node:url';
import { installPackages, whyNoApt } from '../../database/apt.js';
import { findPrograms } from '../../database/find-program.js';
import { run } from '../../database/run.js';

/** A program that runs the scenario of the clients, and prints what it saw. */
export interface ClientProgram {
  readonly name: string;
  readonly packages: readonly string[];
  /** Fails where the client is not there. */
  readonly probe: readonly [string, ...string[]];
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const source = (file: string): string => fileURLToPath(new URL(`programs/${file}`, import.meta.url));
// Not whatever another installation has put in front.
const PYTHON = '/usr/bin/python3';
const PERL = '/usr/bin/perl';
const CONNECTOR = '/usr/share/java/mariadb-java-client.jar';

/** What login, TLS, text and prepared statements, transactions, errors, large results, masks and refusals look like from each of them. */
export const CLIENT_PROGRAMS: readonly ClientProgram[] = [
  {
    name: 'PyMySQL',
    packages: ['python3-pymysql'],
    probe: [PYTHON, '-c', 'import pymysql'],
    command: [PYTHON, source('python_client.py'), 'pymysql'],
  },
  {
    name: 'mysqlclient (Python)',
    packages: ['python3-mysqldb'],
    probe: [PYTHON, '-c', 'import MySQLdb'],
    command: [PYTHON, source('python_client.py'), 'MySQLdb'],
  },
  {
    name: 'mysqli (PHP)',
    packages: ['php-cli', 'php-mysql'],
    probe: ['php', '-r', 'exit(extension_loaded("mysqli") ? 0 : 1);'],
    command: ['php', source('mysqli_client.php')],
  },
  {
    name: 'PDO (PHP)',
    packages: ['php-cli', 'php-mysql'],
    probe: ['php', '-r', 'exit(extension_loaded("pdo_mysql") ? 0 : 1);'],
    command: ['php', source('pdo_client.php')],
  },
  {
    name: 'DBD::mysql (Perl)',
    packages: ['libdbd-mysql-perl'],
    probe: [PERL, '-MDBD::mysql', '-e', '1'],
    command: [PERL, source('dbd_client.pl'), 'mysql'],
  },
  {
    name: 'DBD::MariaDB (Perl)',
    packages: ['libdbd-mariadb-perl'],
    probe: [PERL, '-MDBD::MariaDB', '-e', '1'],
    command: [PERL, source('dbd_client.pl'), 'mariadb'],
  },
  {
    name: 'go-sql-driver',
    packages: ['golang-go', 'golang-github-go-sql-driver-mysql-dev'],
    probe: ['go', 'list', 'github.com/go-sql-driver/mysql'],
    command: ['go', 'run', source('main.go')],
    env: { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' },
  },
  {
    name: 'MariaDB Connector/J',
    packages: ['default-jdk-headless', 'libmariadb-java'],
    probe: ['/bin/sh', '-c', `test -f ${CONNECTOR} && javac -version`],
    command: ['java', '-cp', CONNECTOR, source('Client.java')],
  },
];

/**
 * Makes sure that a client is there.
 * @returns why it is not, or undefined where it is
 */
export async function whyMissing({ name, probe, packages, env }: ClientProgram): Promise<string | undefined> {
  if (await isThere(probe, env)) return undefined;
  const problem =
    whyNoApt() ??
    (await installPackages(
      () => packages,
      (line) => process.stderr.write(`${name}: ${line}\n`),
    ));
  if (problem !== undefined) return `${name} is not here: ${problem}`;
  return (await isThere(probe, env)) ? undefined : `${name} is not here, although ${packages.join(', ')} is installed`;
}

async function isThere(
  [program, ...args]: readonly [string, ...string[]],
  env?: ClientProgram['env'],
): Promise<boolean> {
  if (!program.startsWith('/') && findPrograms([program]).length === 0) return false;
  return (await run(program, args, env === undefined ? {} : { env })).ok;
}
