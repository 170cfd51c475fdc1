import type { Logger } from 'pino';
import * as v from 'valibot';
import { FailureError } from '../errors.js';
import type { TokenVerifierOptions } from '../identity/index.js';
import type { CredentialKey } from '../identity/short-lived-credentials.js';
import { checkOptions } from '../options.js';
import type { GovernorOptions } from '../session/index.js';
import {
  isLoopback,
  type ListenerOptions,
  ListenerSchema,
  type ListenerTlsOptions,
  ListenerTlsSchema,
} from './listener-options.js';
import { type UpstreamOptions, UpstreamSchema } from './upstream-options.js';

/** How a proxy is set up. */
export interface ProxyOptions {
  /** Policy, masks, approvals and audit, as embedded. Whose a statement is, is up to the login. */
  readonly governor: Omit<GovernorOptions, 'identity'>;
  /** Whose tokens are taken. */
  readonly tokens: TokenVerifierOptions;
  /** Where clients connect to: at least one. */
  readonly listeners: readonly ListenerOptions[];
  /** The databases by name, which clients may put in front of their user name: `shop:agent`. */
  readonly upstreams: Readonly<Record<string, UpstreamOptions>>;
  /** Credentials for clients that cannot send a token. Default: none are made. */
  readonly credentials?: CredentialOptions;
  /** Where health and figures are shown. Default: nowhere. */
  readonly admin?: AdminOptions;
  readonly limits?: Partial<ProxyLimits>;
  /** Milliseconds that sessions have to end in when the proxy is closed. Default 10,000; to 600,000. */
  readonly drainTimeoutMs?: number;
  /** The proxy's own log. Default: warnings, to standard error. No statement is in it. */
  readonly logger?: Logger;
}

/** Short-lived credentials: `POST /v1/credentials` with a token gives a user name and a password. */
export interface CredentialOptions {
  /** The first makes them, all are taken: the same in every process and on every host. */
  readonly keys: readonly CredentialKey[];
  /** Seconds that one is good for. Default 600; from 10 to 3,600. */
  readonly ttlSeconds?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly port: number;
  /** Needed on any but a loopback address. */
  readonly tls?: ListenerTlsOptions;
}

/** `/healthz`, `/readyz` and `/metrics` over HTTP. */
export interface AdminOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly port: number;
}

/** How much of everything there may be. */
export interface ProxyLimits {
  /** Connections in all, logged in or not. Default 5,000. */
  readonly connections: number;
  /** Connections of one agent. Default 500. */
  readonly connectionsPerAgent: number;
  /** Milliseconds that a login may take. Default 10,000. */
  readonly loginTimeoutMs: number;
  /** Failed logins of an address within a minute, after which it is not let in for a while. Default 20. */
  readonly failedLoginsPerMinute: number;
}

const whole = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), fallback);
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const host = v.optional(v.string());
const MIN_SECRET_BYTES = 32;

const limits = v.strictObject({
  connections: whole(1, 1_000_000, 5_000),
  connectionsPerAgent: whole(1, 1_000_000, 500),
  loginTimeoutMs: whole(100, 60_000, 10_000),
  failedLoginsPerMinute: whole(1, 1_000_000, 20),
});

const schema = v.strictObject({
  governor: v.pipe(
    v.looseObject({}),
    v.check((options) => !('identity' in options), 'has an identity: whose a statement is, is up to the login'),
  ),
  tokens: v.looseObject({}, 'must be the options of createTokenVerifier'),
  listeners: v.pipe(v.array(ListenerSchema), v.minLength(1, 'must name at least one')),
  upstreams: v.pipe(
    v.record(
      v.pipe(v.string(), v.regex(/^[^:+\s]+$/, 'must have no colon, plus or blank in its name')),
      UpstreamSchema,
    ),
    v.check((upstreams) => Object.keys(upstreams).length > 0, 'must name at least one'),
  ),
  credentials: v.optional(
    v.pipe(
      v.strictObject({
        keys: v.pipe(
          v.array(
            v.strictObject({
              id: v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/, 'must be 1 to 32 letters, digits, _ or -')),
              secret: v.pipe(
                v.instance(Uint8Array),
                v.check((bytes) => bytes.length >= MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
              ),
            }),
          ),
          v.minLength(1, 'must hold at least one'),
        ),
        ttlSeconds: whole(10, 3_600, 600),
        host,
        port,
        tls: v.optional(ListenerTlsSchema),
      }),
      v.check(
        (o) => o.tls !== undefined || isLoopback(o.host),
        'needs tls: { certFile, keyFile }, because tokens come from other machines',
      ),
    ),
  ),
  admin: v.optional(v.strictObject({ host, port })),
  limits: v.optional(limits, {}),
  drainTimeoutMs: whole(0, 600_000, 10_000),
  logger: v.optional(v.custom<Logger>((value) => typeof value === 'object' && value !== null)),
});

/** Options that were checked, with the defaults in place. */
export type CheckedProxyOptions = Pick<
  ProxyOptions,
  'governor' | 'tokens' | 'listeners' | 'upstreams' | 'admin' | 'logger'
> & {
  readonly credentials: (CredentialOptions & { readonly ttlSeconds: number }) | undefined;
  readonly limits: ProxyLimits;
  readonly drainTimeoutMs: number;
};

/**
 * Checks a proxy's options.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 */
export function checkProxyOptions(options: ProxyOptions): CheckedProxyOptions {
  const checked = checkOptions('createProxy', schema, options);
  const names = new Set(Object.keys(options.upstreams));
  const unknown = options.listeners.find(({ upstream }) => upstream !== undefined && !names.has(upstream));
  if (unknown !== undefined) {
    const problem = `createProxy: listeners: there is no upstream ${String(unknown.upstream)}; there are ${[...names].join(', ')}`;
    throw new FailureError('OPTIONS_INVALID', problem);
  }
  // What was given, and not what the schema made of it: there are functions and keys in it.
  const { credentials } = options;
  return {
    ...options,
    credentials: credentials && { ...credentials, ttlSeconds: credentials.ttlSeconds ?? 600 },
    limits: checked.limits,
    drainTimeoutMs: checked.drainTimeoutMs,
  };
}
