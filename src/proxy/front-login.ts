import { randomBytes } from 'node:crypto';
import { DenialError } from '../errors.js';
import type { Identity } from '../identity/index.js';
import { isShortLivedCredential } from '../identity/short-lived-credentials.js';
import { Capability, MariadbCapability, ServerStatus } from '../wire/constants.js';
import {
  AuthPlugin,
  buildAuthSwitch,
  FAST_AUTH_SUCCESS,
  isProof,
  readClearPassword,
} from '../wire/login/authentication.js';
import { buildGreeting, type Greeting, SCRAMBLE_LENGTH } from '../wire/login/greeting.js';
import { type HandshakeResponse, isTlsRequest, readHandshakeResponse } from '../wire/login/handshake-response.js';
import type { LoginChecks } from './login-checks.js';
import { type LoginName, readLoginName } from './login-name.js';
import type { PacketSocket } from './packet-socket.js';
import type { TlsUpgrade } from './tls-upgrade.js';

/** How clients log in at a listener. */
export interface FrontLoginSettings extends Readonly<LoginChecks> {
  /** Undefined where nothing is encrypted. */
  readonly tls: TlsUpgrade | undefined;
  /** A token may be sent without TLS: the socket does not leave this machine. */
  readonly isLocal: boolean;
  /** Whose the sessions are where the listener itself says so, and clients prove nothing. */
  readonly identity: Identity | undefined;
  /** Names of the databases. */
  readonly upstreams: ReadonlySet<string>;
}

/** Who logged in, and how it speaks. */
export interface FrontLogin extends LoginName {
  readonly identity: Identity;
  readonly response: HandshakeResponse;
}

/** Capabilities that only matter between a client and what it talks to, and that are offered whatever the server has. */
const OURS = Capability.PLUGIN_AUTH | Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA | Capability.CONNECT_ATTRS;
/** Capabilities that a client gets if the server behind has them. */
const OF_THE_SERVER =
  Capability.FOUND_ROWS |
  Capability.LONG_FLAG |
  Capability.CONNECT_WITH_DB |
  Capability.NO_SCHEMA |
  Capability.ODBC |
  Capability.LOCAL_FILES |
  Capability.IGNORE_SPACE |
  Capability.PROTOCOL_41 |
  Capability.INTERACTIVE |
  Capability.IGNORE_SIGPIPE |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.MULTI_STATEMENTS |
  Capability.MULTI_RESULTS |
  Capability.PS_MULTI_RESULTS |
  Capability.SESSION_TRACK |
  Capability.DEPRECATE_EOF |
  Capability.QUERY_ATTRIBUTES;
const OF_MARIADB = MariadbCapability.EXTENDED_METADATA;

/** Ids of the server's own threads begin at 1: a KILL of one of ours hits none of them. */
const FIRST_THREAD_ID = 0x8000_0000;
let lastThread = 0;

/**
 * Logs a client in: greeting, TLS, and a proof of who it is.
 * @param server the greeting of the server behind
 * @throws DenialError `TOKEN_INVALID` where it is not let in; FailureError where it does not speak as it should, or nobody can tell who it is
 */
export async function logIn(io: PacketSocket, server: Greeting, settings: FrontLoginSettings): Promise<FrontLogin> {
  const scramble = newScramble();
  const offered = offer(server, settings.tls !== undefined);
  io.send(
    buildGreeting({
      ...offered,
      version: server.version,
      threadId: FIRST_THREAD_ID + (lastThread++ & 0x7fff_ffff),
      scramble,
      collation: server.collation,
      status: ServerStatus.AUTOCOMMIT,
      authPlugin: AuthPlugin.NATIVE,
    }),
  );
  let payload = await io.next();
  if (settings.tls !== undefined && isTlsRequest(payload)) {
    await io.startTls(settings.tls);
    payload = await io.next();
  }
  if (settings.tls?.requestsCertificate === true && !io.isSecure) {
    throw new DenialError('TOKEN_INVALID', 'a certificate is needed here, and so TLS: switch it on in the client');
  }
  const said = readHandshakeResponse(payload);
  const response = {
    ...said,
    capabilities: said.capabilities & offered.capabilities,
    mariadbCapabilities: said.mariadbCapabilities & offered.mariadbCapabilities,
  };
  const name = readLoginName(said.user, settings.upstreams);
  if (settings.identity !== undefined) return { ...name, identity: settings.identity, response };
  if (isShortLivedCredential(name.label)) return proveCredential(io, { ...name, response }, scramble, settings);
  const identity = await settings.verifier.verify(await askToken(io, settings));
  return { ...name, identity, response };
}

/** The payload's capabilities of the greeting. */
function offer(server: Greeting, tls: boolean): Pick<Greeting, 'capabilities' | 'mariadbCapabilities'> {
  const mariadbCapabilities = server.mariadbCapabilities & OF_MARIADB;
  const longPassword = mariadbCapabilities === 0 ? Capability.LONG_PASSWORD : 0;
  const capabilities = (server.capabilities & OF_THE_SERVER) | OURS | longPassword | (tls ? Capability.SSL : 0);
  return { capabilities, mariadbCapabilities };
}

/** A scramble without NUL and `$`, at which clients would cut it. */
function newScramble(): Buffer {
  return Buffer.from(randomBytes(SCRAMBLE_LENGTH).map((byte) => (byte % 0x5a) + 0x25));
}

async function askToken(io: PacketSocket, { isLocal }: FrontLoginSettings): Promise<string> {
  if (!io.isSecure && !isLocal) {
    throw new DenialError('TOKEN_INVALID', 'a token is sent over TLS only: switch TLS on in the client');
  }
  io.send(buildAuthSwitch(AuthPlugin.CLEAR, Buffer.alloc(0)));
  const token = readClearPassword(await io.next());
  if (token === '')
    throw new DenialError('TOKEN_INVALID', 'the password is empty: give the access token as the password');
  return token;
}

async function proveCredential(
  io: PacketSocket,
  login: LoginName & { readonly response: HandshakeResponse },
  scramble: Buffer,
  { credentials, requireNotRevoked }: FrontLoginSettings,
): Promise<FrontLogin> {
  if (credentials === undefined)
    throw new DenialError('TOKEN_INVALID', 'short-lived credentials are not switched on here');
  const { response } = login;
  const { identity, taskId, password } = await credentials.open(login.label);
  const plugin = response.authPlugin ?? AuthPlugin.NATIVE;
  const isOurs = plugin === AuthPlugin.NATIVE || plugin === AuthPlugin.SHA2;
  const proven = isOurs ? isProof(plugin, response.authResponse, scramble, password) : await proveAgain(io, password);
  if (!proven) throw new DenialError('TOKEN_INVALID', 'the credential is unknown or has expired. Ask for a new one.');
  await requireNotRevoked(identity);
  if (plugin === AuthPlugin.SHA2) io.send(FAST_AUTH_SUCCESS);
  return { ...login, identity, taskId: taskId ?? login.taskId };
}

/** A client that began with a plugin of its own is asked for the one that all have. */
async function proveAgain(io: PacketSocket, password: string): Promise<boolean> {
  const scramble = newScramble();
  io.send(buildAuthSwitch(AuthPlugin.NATIVE, scramble));
  return isProof(AuthPlugin.NATIVE, await io.next(), scramble, password);
}
