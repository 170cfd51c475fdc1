/** Arguments of a throw-away server: small and fast, with nothing kept for a crash that nobody will recover from. */
import type { Flavour } from './types.js';

const COMMON = [
  '--skip-name-resolve',
  '--local-infile=ON',
  '--max-allowed-packet=256M',
  '--performance-schema=OFF',
  '--max-connections=300',
  '--table-open-cache=400',
  '--key-buffer-size=1M',
  '--innodb-buffer-pool-size=32M',
  '--innodb-log-buffer-size=4M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-use-native-aio=OFF',
];

const FLAVOUR: Record<Flavour, readonly string[]> = {
  mariadb: ['--innodb-flush-method=nosync', '--innodb-log-file-size=16M', '--aria-pagecache-buffer-size=1M'],
  mysql: [
    '--innodb-flush-method=nosync',
    '--innodb-redo-log-capacity=16M',
    '--secure-file-priv=NULL',
    '--mysqlx=OFF',
    '--skip-log-bin',
    // The general log then has each command as it was sent, as MariaDB's has: also one with a syntax error, and several statements as one.
    '--log-raw=ON',
  ],
};

/** Sizes that a data directory is made with: they make the template small. */
export const TEMPLATE_ARGUMENTS: Record<Flavour, readonly string[]> = {
  mariadb: ['--innodb-log-file-size=16M', '--innodb-flush-method=nosync', '--innodb-doublewrite=0'],
  mysql: ['--innodb-redo-log-capacity=16M', '--innodb-flush-method=nosync', '--innodb-doublewrite=0', '--skip-log-bin'],
};

/** Every argument that does not name a place. */
export function tuningArguments(flavour: Flavour): string[] {
  return [...COMMON, ...FLAVOUR[flavour]];
}

/** The server refuses root unless it is told; any other user is who it runs as anyway, and may have no name here. */
export function runAsArguments(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
