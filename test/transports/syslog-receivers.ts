/** Real syslog daemons, each a private one with its own configuration, ports and folder. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import { findFreePort } from '../database/instance.js';
import { afterThisTest } from '../audit/trail-fixtures.js';
import { findReceiver, type DebianProgram } from './debian-program.js';
import { listens } from './listens.js';
import { privateServer, readIfThere, type PrivateServer } from './private-server.js';
import { RSYSLOG, rsyslogArguments } from './rsyslog-program.js';

export type Protocol = 'udp' | 'tcp' | 'tls';

/** One message as the daemon took it apart. */
export interface ReceivedMessage {
  readonly priority: string;
  readonly time: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly structuredData: string;
  readonly message: string;
}

/** A place for a daemon, where it can be started and ended. */
export interface SyslogReceiver extends PrivateServer {
  readonly ports: Readonly<Record<Protocol, number>>;
  /** The certificate of the daemon, which it demands of those who call, too, with its key. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  pid(): number;
  received(): ReceivedMessage[];
}

/** A daemon that can be started. */
export interface SyslogDaemon {
  readonly name: string;
  /** Undefined where it cannot be had. */
  readonly program: DebianProgram | undefined;
  readonly configure: (place: Place) => string;
  readonly arguments: (place: Place) => string[];
}

interface Place {
  readonly folder: string;
  readonly program: DebianProgram;
  readonly ports: Readonly<Record<Protocol, number>>;
}

const FIELDS = ['priority', 'time', 'hostname', 'appName', 'procId', 'msgId', 'structuredData', 'message'] as const;
const SYSLOG_NG = 'usr/lib/syslog-ng';

/** With `parser.escapeControlCharactersOnReceive` on, as it is by default, rsyslog would write U+007F as `#177`. */
export const rsyslog: SyslogDaemon = {
  name: 'rsyslog',
  program: await findReceiver(RSYSLOG),
  arguments: ({ folder, program }) =>
    rsyslogArguments(program, join(folder, 'daemon.conf'), join(folder, 'daemon.pid')),
  configure: ({ folder, ports }) => `
global(workDirectory="${folder}" maxMessageSize="256k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="${join(folder, CERTIFICATE_FILE)}"
  defaultNetstreamDriverCertFile="${join(folder, CERTIFICATE_FILE)}" defaultNetstreamDriverKeyFile="${join(folder, KEY_FILE)}")
module(load="imudp") module(load="imptcp")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
input(type="imudp" address="127.0.0.1" port="${ports.udp}" rcvbufSize="8m")
input(type="imptcp" address="127.0.0.1" port="${ports.tcp}")
input(type="imtcp" address="127.0.0.1" port="${ports.tls}")
template(name="fields" type="string" string="%pri%\\t%timereported:::date-rfc3339%\\t%hostname%\\t%app-name%\\t%procid%\\t%msgid%\\t%structured-data%\\t%msg%\\n")
action(type="omfile" file="${join(folder, 'received')}" template="fields")
`,
};

export const syslogNg: SyslogDaemon = {
  name: 'syslog-ng',
  program: await findReceiver({ program: 'syslog-ng', packages: ['syslog-ng-core'] }),
  arguments: ({ folder, program }) => [
    ...['--foreground', '--no-caps', '--cfgfile', join(folder, 'daemon.conf'), '--pidfile', join(folder, 'daemon.pid')],
    ...['--persist-file', join(folder, 'persist'), '--control', join(folder, 'control')],
    ...['--module-path', join(program.root, SYSLOG_NG, versionOf(program))],
  ],
  configure: ({ folder, program, ports }) => {
    const source = (transport: string, port: number, more = ''): string =>
      `syslog(ip(127.0.0.1) port(${port}) transport("${transport}") ${more} log-msg-size(262144) log-fetch-limit(1000) log-iw-size(100000) use-fqdn(yes) keep-hostname(yes) keep-timestamp(yes))`;
    const pem = (option: string, file: string): string => `${option}("${join(folder, file)}")`;
    const tls = `tls(${pem('key-file', KEY_FILE)} ${pem('cert-file', CERTIFICATE_FILE)} ${pem('ca-file', CERTIFICATE_FILE)} peer-verify(required-trusted))`;
    return `@version: ${versionOf(program)}
options { stats-freq(0); ts-format(iso); frac-digits(6); keep-hostname(yes); time-zone("UTC"); flush-lines(1); log-msg-size(262144); };
source calls { ${source('udp', ports.udp, 'so-rcvbuf(8388608)')}; ${source('tcp', ports.tcp)}; ${source('tls', ports.tls, tls)}; };
destination kept { file("${join(folder, 'received')}" log-fifo-size(100000) template("$PRI\\t$ISODATE\\t$HOST\\t$PROGRAM\\t$PID\\t$MSGID\\t$SDATA\\t$MSG\\n")); };
log { source(calls); destination(kept); };
`;
  },
};

/** syslog-ng has its modules in a folder that is named after its version. */
function versionOf({ root }: DebianProgram): string {
  return readdirSync(join(root, SYSLOG_NG)).find((name) => /^\d+\.\d+$/.test(name)) ?? '';
}

/** Starts a daemon that is ended after the test, with what it has received. */
export async function startSyslog(daemon: SyslogDaemon): Promise<SyslogReceiver> {
  const { program } = daemon;
  if (program === undefined) throw new Error(`${daemon.name} is not here`);
  const ports = { udp: await findFreePort(), tcp: await findFreePort(), tls: await findFreePort() };
  const home = mkdtempSync(join(tmpdir(), 'countersign-syslog-'));
  afterThisTest(() => rmSync(home, { recursive: true, force: true }));
  const folder = join(home, 'kept');
  mkdirSync(folder);
  const ca = await createCertificate(folder);
  const tls = { ca, cert: ca, key: readFileSync(join(folder, KEY_FILE), 'utf8') };
  const place = { folder, program, ports };
  writeFileSync(join(folder, 'daemon.conf'), daemon.configure(place));
  return runIn(program, daemon.arguments(place), place, tls);
}

async function runIn(
  program: DebianProgram,
  args: readonly string[],
  place: Place,
  tls: SyslogReceiver['tls'],
): Promise<SyslogReceiver> {
  const { folder, ports } = place;
  const pidPath = join(folder, 'daemon.pid');
  const pid = (): number => Number(readIfThere(pidPath));
  const isReady = async (): Promise<boolean> => pid() > 0 && (await listens(ports.tcp)) && (await listens(ports.tls));
  const server = privateServer(program, args, isReady);
  const kill = async (): Promise<void> => {
    await server.kill();
    rmSync(pidPath, { force: true });
  };
  await server.start();
  return { ports, tls, start: server.start, kill, pid, received: () => readMessages(join(folder, 'received')) };
}

function readMessages(path: string): ReceivedMessage[] {
  const text = readIfThere(path);
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.slice(0, -1).map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(FIELDS.map((name, index) => [name, values[index] ?? ''])) as unknown as ReceivedMessage;
  });
}
