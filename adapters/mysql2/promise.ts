/**
 * `import mysql from 'countersign/mysql2/promise'` in the place of `import mysql from 'mysql2/promise'`.
 *
 * @module
 */
import mysql2 from 'mysql2/promise';
import type * as Mysql2 from 'mysql2/promise';
import { governedModule } from './governed-module.js';

export type * from 'mysql2/promise';

/** What mysql2/promise exports, and its types do not tell. */
export interface UntypedPromiseExports {
  readonly PromisePool: new (pool: object) => Mysql2.Pool;
  readonly PromiseConnection: typeof Mysql2.Connection;
  readonly PromisePoolConnection: typeof Mysql2.PoolConnection;
}

/** mysql2/promise, with all that it exports: its connections, pools and clusters are governed by the default governor. */
const mysql: typeof mysql2 = governedModule(mysql2, { classes: false });
const untyped = mysql as unknown as UntypedPromiseExports;

export default mysql;
// CommonJS and named imports see what is exported by name.
export const createConnection: typeof Mysql2.createConnection = mysql.createConnection;
export const createPool: typeof Mysql2.createPool = mysql.createPool;
export const createPoolCluster: typeof Mysql2.createPoolCluster = mysql.createPoolCluster;
export const escape: typeof Mysql2.escape = mysql.escape;
export const escapeId: typeof Mysql2.escapeId = mysql.escapeId;
export const format: typeof Mysql2.format = mysql.format;
export const raw: typeof Mysql2.raw = mysql.raw;
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
export const PromisePool: UntypedPromiseExports['PromisePool'] = untyped.PromisePool;
export const PromiseConnection: UntypedPromiseExports['PromiseConnection'] = untyped.PromiseConnection;
export const PromisePoolConnection: UntypedPromiseExports['PromisePoolConnection'] = untyped.PromisePoolConnection;
