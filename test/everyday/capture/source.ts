import type { DatabaseAddress } from '../../database/index.js';

/** Where a library connects to: an empty schema, an account that may do everything but administer the server. */
export interface CaptureTarget {
  readonly flavour: DatabaseAddress['flavour'];
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** PEM of the authority, for clients that insist on TLS. */
  readonly ca: string | undefined;
  /** A folder that is removed afterwards, for migrations and generated files. */
  readonly folder: string;
}

/** What is captured under one name. */
export interface CaptureSource {
  /** Name of the file: `knex` gives `knex.jsonl`. */
  readonly name: string;
  /** Only on this server. Default both. */
  readonly flavour?: DatabaseAddress['flavour'];
  /** Makes what the library finds there. Not captured. */
  readonly prepare?: (target: CaptureTarget) => Promise<void>;
  /** Uses the library as its users do. Whatever it sends is captured; what the server refuses is left out, and printed. */
  readonly run: (target: CaptureTarget) => Promise<void>;
}
