import { isIP } from 'node:net';
import * as v from 'valibot';
import type { Identity, IdentityHolder } from '../identity/index.js';
import type { PeerCredentials } from './peer-credentials.js';

/** Where clients connect to. */
export type ListenerOptions = TcpListenerOptions | SocketListenerOptions;

/** An address of the network. */
export interface TcpListenerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The database of clients that name none. Default: the first one. */
  readonly upstream?: string;
  /**
   * The certificate, by which tokens are taken. Default on a loopback address: one that is made at each start, which no authority has signed; elsewhere
   * it has to be given.
   */
  readonly tls?: ListenerTlsOptions;
}

/** A socket in the file system of this machine: who may open it is up to the rights of its directory. */
export interface SocketListenerOptions {
  readonly socketPath: string;
  readonly upstream?: string;
  /** Whose all of its sessions are: clients then prove nothing more. */
  readonly identity?: Identity | IdentityHolder;
  /**
   * Whose a session is, by the user of the operating system that opened the socket: its clients then prove nothing more. Where it gives `undefined`, they
   * bring a token. On Linux, with the package `koffi`; in place of `identity`.
   */
  readonly peerIdentity?: (peer: PeerCredentials) => Identity | IdentityHolder | undefined;
}

/** Files in PEM, read again when they have changed. */
export interface ListenerTlsOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** The authorities of the certificates that clients then have to bring. */
  readonly clientCaFile?: string;
}

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const path = v.pipe(v.string(), v.nonEmpty('must name a file'));

/** Checks {@link ListenerTlsOptions}. */
export const ListenerTlsSchema: v.GenericSchema<ListenerTlsOptions> = v.strictObject({
  certFile: path,
  keyFile: path,
  clientCaFile: v.optional(path),
}) as v.GenericSchema<ListenerTlsOptions>;

const tcp = v.pipe(
  v.strictObject({
    host: v.optional(v.string()),
    port,
    upstream: v.optional(v.string()),
    tls: v.optional(ListenerTlsSchema),
  }),
  v.check(
    ({ host, tls }) => tls !== undefined || isLoopback(host),
    'needs tls: { certFile, keyFile }, because tokens come from other machines',
  ),
);
const socket = v.pipe(
  v.strictObject({
    socketPath: path,
    upstream: v.optional(v.string()),
    identity: v.optional(
      v.custom<Identity | IdentityHolder>(
        isIdentitySource,
        'must be a verified identity (verifier.verify) or a renewing one (createRenewingIdentity)',
      ),
    ),
    peerIdentity: v.optional(v.function('must be a function of { pid, uid, gid }')),
  }),
  v.check(
    ({ identity, peerIdentity }) => identity === undefined || peerIdentity === undefined,
    'has both identity and peerIdentity: whose are its sessions?',
  ),
);

/** Checks {@link ListenerOptions}. */
export const ListenerSchema: v.GenericSchema<ListenerOptions> = v.union(
  [tcp, socket],
  (issue) => issue.issues?.[0]?.message ?? 'must be { port } or { socketPath }',
) as v.GenericSchema<ListenerOptions>;

/** Whether an address of this machine is reached from this machine only. */
export function isLoopback(host = '127.0.0.1'): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether a value is an identity, or holds one. */
export function isIdentitySource(value: unknown): value is Identity | IdentityHolder {
  return typeof value === 'object' && value !== null && ('current' in value || 'expiresAtMs' in value);
}
