import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DebianProgram, libraryFolders, type ProgramSource } from './debian-program.js';

/** rsyslog, with OpenSSL for TLS. */
export const RSYSLOG: ProgramSource = {
  program: 'rsyslogd',
  packages: ['rsyslog', 'rsyslog-openssl'],
  needs: 'rsyslog/lmnsd_ossl.so',
};

/** Has it run in the foreground, with a configuration of its own. */
export function rsyslogArguments({ root }: DebianProgram, configFile: string, pidFile: string): string[] {
  return ['-n', '-f', configFile, '-i', pidFile, '-M', moduleFolder(root)];
}

function moduleFolder(root: string): string {
  const folders = libraryFolders(root).map((folder) => join(folder, 'rsyslog'));
  return folders.find((path) => existsSync(path)) ?? '';
}
