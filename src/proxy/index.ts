/**
 * A MySQL server in front of the database, for callers that are not trusted with its password or with their own record:
 * `import { createProxy } from 'countersign/proxy'`.
 *
 * @module
 */

export type { CountersignConfig } from './config.js';
export type {
  ListenerOptions,
  ListenerTlsOptions,
  SocketListenerOptions,
  TcpListenerOptions,
} from './listener-options.js';
export type { ProxyAddress } from './listener.js';
export type { PeerCredentials } from './peer-credentials.js';
export { createProxy, type Proxy, type ProxyReload } from './proxy.js';
export type { AdminOptions, CredentialOptions, ProxyLimits, ProxyOptions } from './proxy-options.js';
export type {
  DatabaseLogin,
  DatabaseLoginSource,
  ReuseOptions,
  UpstreamOptions,
  UpstreamTlsOptions,
} from './upstream-options.js';
export type { CredentialKey } from '../identity/short-lived-credentials.js';
