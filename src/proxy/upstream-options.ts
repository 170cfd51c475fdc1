import * as v from 'valibot';
import type { Identity } from '../identity/index.js';

/** An account of the database. */
export interface DatabaseLogin {
  readonly user: string;
  readonly password: string;
}

/** Gives the account of a connection. */
export type DatabaseLoginSource = (identity: Identity | undefined) => DatabaseLogin | Promise<DatabaseLogin>;

/** How a database is reached. */
export interface UpstreamOptions {
  /** `host`, `host:port`, or the path of a socket; several are tried in turn when one is away. */
  readonly hosts: readonly string[];
  /**
   * The account that statements run under, or a function that is asked for each connection: for a password that a vault gives, a token that lives
   * for minutes, or an account for each agent. It gets no identity where the proxy itself looks whether the database is there.
   */
  readonly login: DatabaseLogin | DatabaseLoginSource;
  /** How its certificate is verified. Default: as the system does; `false` for no TLS. A socket has none. */
  readonly tls?: UpstreamTlsOptions | false;
  /** The schema of clients that name none. */
  readonly schema?: string;
  /** Milliseconds that connecting and logging in may take. Default 10,000; from 100 to 60,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Whether connections serve one session after the other, with COM_RESET_CONNECTION in between; `{}` for the defaults. Default: each session has one of its
   * own.
   */
  readonly reuse?: ReuseOptions;
}

/** How long connections wait for another session of the same account, schema and capabilities. */
export interface ReuseOptions {
  /** Most that wait, of all accounts together; beyond, the one that has waited longest is closed. Default 10; from 1 to 10,000. */
  readonly maxIdle?: number;
  /** Milliseconds that one waits, but never more than half of the server's `wait_timeout`. Default 60,000; from 100 to 3,600,000. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds after its login at which one is closed in the place of waiting again: rights are looked up at the login. Default 600,000; from 100 to 86,400,000. */
  readonly maxAgeMs?: number;
}

/** How the certificate of a database is verified. */
export interface UpstreamTlsOptions {
  /** Authorities that are believed, in PEM, in place of those that Node has. */
  readonly ca?: string | Buffer;
  /** The proxy's own certificate, in PEM, where the database wants one. */
  readonly cert?: string | Buffer;
  /** The key of `cert`. */
  readonly key?: string | Buffer;
  /** Whether a certificate that is not believed, or has another name, ends the connection. Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** As mysql2 takes it, which keeps what it made of one such object. */
export interface DriverTls extends UpstreamTlsOptions {
  /** The name, too, has to fit. */
  readonly verifyIdentity: boolean;
}

/** Where a database listens. */
export type UpstreamHost = { readonly name: string; readonly tls: DriverTls | undefined } & (
  { readonly address: { readonly host: string; readonly port: number } } | { readonly socketPath: string }
);

const MYSQL_PORT = 3306;
const whole = (min: number, max: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));
const pem = v.optional(v.union([v.string(), v.instance(Buffer)]));

/** Checks {@link UpstreamOptions}. */
export const UpstreamSchema: v.GenericSchema<UpstreamOptions> = v.strictObject({
  hosts: v.pipe(
    v.array(v.pipe(v.string(), v.check(isHost, 'must be host, host:port or the path of a socket'))),
    v.minLength(1, 'must name at least one'),
  ),
  login: v.union(
    [
      v.strictObject({ user: v.string(), password: v.string() }),
      v.custom<DatabaseLoginSource>((value) => typeof value === 'function'),
    ],
    'must be { user, password }, or a function that gives them',
  ),
  tls: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({ ca: pem, cert: pem, key: pem, rejectUnauthorized: v.optional(v.boolean()) }),
    ]),
  ),
  schema: v.optional(v.string()),
  connectTimeoutMs: whole(100, 60_000),
  reuse: v.optional(
    v.strictObject({
      maxIdle: whole(1, 10_000),
      idleTimeoutMs: whole(100, 3_600_000),
      maxAgeMs: whole(100, 86_400_000),
    }),
  ),
}) as v.GenericSchema<UpstreamOptions>;

function isHost(text: string): boolean {
  return text.startsWith('/') || /^(?:\[[\da-f:.]+\]|[^\s:/[\]]+)(?::\d{1,5})?$/i.test(text);
}

/** Takes a host of the options apart. */
export function readHost(text: string, tls: UpstreamOptions['tls']): UpstreamHost {
  if (text.startsWith('/')) return { name: text, socketPath: text, tls: undefined };
  const [, host = text, port] = /^(\[[\da-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(text) ?? [];
  const address = { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? MYSQL_PORT : Number(port) };
  const name = `${host}:${address.port}`;
  if (tls === false) return { name, address, tls: undefined };
  return { name, address, tls: { ...tls, verifyIdentity: tls?.rejectUnauthorized !== false } };
}
