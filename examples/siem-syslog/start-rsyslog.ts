import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../../test/database/certificate.js';
import { findFreePort } from '../../test/database/instance.js';
import { supervise } from '../../test/database/supervisor.js';
import { findOrUnpack } from '../../test/transports/debian-program.js';
import { listens } from '../../test/transports/listens.js';
import { RSYSLOG, rsyslogArguments } from '../../test/transports/rsyslog-program.js';
import { whenOver } from '../stage/play.js';

const CONFIG = fileURLToPath(new URL('rsyslog.conf', import.meta.url));

/** A daemon that listens. */
export interface Rsyslog {
  readonly port: number;
  /** Its certificate, which it wants from those who call as well. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** The lines that it has written. */
  lines(): string[];
}

/** Starts a private rsyslog with the configuration of this folder. It ends with the example. */
export async function startRsyslog(): Promise<Rsyslog> {
  const program = await findOrUnpack(RSYSLOG);
  if (typeof program === 'string') throw new Error(program);
  const port = await findFreePort();
  // With nothing to wait for before it is looked after.
  const folder = mkdtempSync(join(tmpdir(), 'countersign-rsyslog-'));
  const [certificateFile, keyFile] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)];
  const file = join(folder, 'countersign.log');
  const server = supervise({
    command: program.path,
    args: rsyslogArguments(program, CONFIG, join(folder, 'rsyslogd.pid')),
    directory: folder,
    env: {
      ...program.env,
      RSYSLOG_FOLDER: folder,
      RSYSLOG_PORT: String(port),
      RSYSLOG_CERTIFICATE: certificateFile,
      RSYSLOG_KEY: keyFile,
      RSYSLOG_FILE: file,
    },
  });
  whenOver(server.stop);
  await createCertificate(folder);
  server.start();
  while (!(await listens(port))) {
    if (server.hasEnded())
      throw new Error(`rsyslogd did not start: ${readFileSync(join(folder, 'server.log'), 'utf8')}`);
    await setTimeout(50);
  }
  return { port, certificateFile, keyFile, lines: () => linesOf(file) };
}

/** Without one that is still being written. */
function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
