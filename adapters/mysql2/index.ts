/**
 * Governs mysql2: `import { govern } from 'countersign/mysql2'` for what there is already, or `import mysql from 'countersign/mysql2'` in the place of
 * `import mysql from 'mysql2'`.
 *
 * @module
 */
import mysql2 from 'mysql2';
import type * as Mysql2 from 'mysql2';
import { governedModule } from './governed-module.js';
import promise from './promise.js';

export type * from 'mysql2';
export { setDefaultGovernor } from '../../src/config/default-governor.js';
export { govern, type Governable } from './govern.js';
export { isRefused, type RefusedError } from './refused-error.js';
export type { GovernorSource } from './governor-source.js';

/** What mysql2 exports, and its types do not tell. */
export interface UntypedExports {
  readonly connect: typeof Mysql2.createConnection;
  readonly ConnectionConfig: new (options: object) => Mysql2.ConnectionOptions;
  readonly Pool: new (options: object) => Mysql2.Pool;
  readonly PoolCluster: new (options?: object) => Mysql2.PoolCluster;
  readonly createQuery: (...args: readonly unknown[]) => Mysql2.Query;
  readonly createConnectionPromise: typeof promise.createConnection;
  readonly createPoolPromise: typeof promise.createPool;
  readonly createPoolClusterPromise: typeof promise.createPoolCluster;
}

/** mysql2, with all that it exports: its connections, pools and clusters are governed by the default governor. */
const mysql: typeof mysql2 = governedModule(mysql2, {
  classes: true,
  others: {
    createConnectionPromise: () => promise.createConnection,
    createPoolPromise: () => promise.createPool,
    createPoolClusterPromise: () => promise.createPoolCluster,
  },
});
const untyped = mysql as unknown as UntypedExports;

export default mysql;
// CommonJS and named imports see what is exported by name.
export const createConnection: typeof Mysql2.createConnection = mysql.createConnection;
export const createPool: typeof Mysql2.createPool = mysql.createPool;
export const createPoolCluster: typeof Mysql2.createPoolCluster = mysql.createPoolCluster;
export const createServer: typeof Mysql2.createServer = mysql.createServer;
export const escape: typeof Mysql2.escape = mysql.escape;
export const escapeId: typeof Mysql2.escapeId = mysql.escapeId;
export const format: typeof Mysql2.format = mysql.format;
export const raw: typeof Mysql2.raw = mysql.raw;
export const authPlugins: typeof Mysql2.authPlugins = mysql.authPlugins;
export const CharsetToEncoding: typeof Mysql2.CharsetToEncoding = mysql.CharsetToEncoding;
export const setMaxParserCache: typeof Mysql2.setMaxParserCache = mysql.setMaxParserCache;
export const clearParserCache: typeof Mysql2.clearParserCache = mysql.clearParserCache;
export const TypedParameter: typeof Mysql2.TypedParameter = mysql.TypedParameter;
export const Types: typeof Mysql2.Types = mysql.Types;
export type Types = Mysql2.Types;
export const Charsets: typeof Mysql2.Charsets = mysql.Charsets;
export type Charsets = Mysql2.Charsets;
export const Connection: typeof Mysql2.Connection = mysql.Connection;
export type Connection = Mysql2.Connection;
export const PoolConnection: typeof Mysql2.PoolConnection = mysql.PoolConnection;
export type PoolConnection = Mysql2.PoolConnection;
export const connect: UntypedExports['connect'] = untyped.connect;
export const ConnectionConfig: UntypedExports['ConnectionConfig'] = untyped.ConnectionConfig;
export const Pool: UntypedExports['Pool'] = untyped.Pool;
export const PoolCluster: UntypedExports['PoolCluster'] = untyped.PoolCluster;
export const createQuery: UntypedExports['createQuery'] = untyped.createQuery;
export const createConnectionPromise: UntypedExports['createConnectionPromise'] = untyped.createConnectionPromise;
export const createPoolPromise: UntypedExports['createPoolPromise'] = untyped.createPoolPromise;
export const createPoolClusterPromise: UntypedExports['createPoolClusterPromise'] = untyped.createPoolClusterPromise;
export type Pool = Mysql2.Pool;
export type PoolCluster = Mysql2.PoolCluster;
