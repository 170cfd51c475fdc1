import * as v from 'valibot';

import { silentLogger, type AuditLogger } from '../audit/audit-logger.js';
import { checkOptions, isSecureUrl } from '../options.js';
import { type CheckedNatsSource, NatsSourceSchema, type NatsSourceOptions } from '../transports/nats-options.js';
import { isUsable } from '../transports/tls-material.js';
import type { TokenVerifier } from '../identity/index.js';
import { type AlertOptions, AlertOptionsSchema, WebhookSecretSchema } from './alerts/alert-rules.js';
import { type ArchiveOptions, ArchiveOptionsSchema, type CheckedArchiveOptions } from './archive/archive-options.js';
import { type ApprovalOptions, ApprovalOptionsSchema } from './approvals/approval-rules.js';
import type { ConsoleLogin } from './console/console-routes.js';
import type { CollectorTls } from './collector-tls.js';
import type { SyslogOptions } from './syslog/syslog-listener.js';
import { isLoopback, type RoleGroups } from './http/access.js';

/** Tokens of an OIDC issuer. */
export interface CollectorOidc {
  readonly verifier: TokenVerifier;
  readonly roles: RoleGroups;
  /** Where the console sends people to log in; without, they paste a token. */
  readonly login?: ConsoleLogin | undefined;
}

/** Options of `createCollector`. */
export interface CollectorOptions {
  /** Where the records are kept: out of the reach of agents. Made where it does not exist. */
  readonly directory: string;
  /** Address to listen on; 127.0.0.1 where not given. */
  readonly host?: string | undefined;
  /** TCP port; 0, or none given, takes a free one. */
  readonly port?: number | undefined;
  /** Bearer tokens, of at least 16 characters, any of which opens every route. These, or `oidc`, are needed unless the host is a loopback address. */
  readonly tokens?: readonly string[] | undefined;
  /** Bearer tokens, of at least 16 characters, that are good for sending records, and for nothing else: those of agents' processes and of proxies. */
  readonly writerTokens?: readonly string[] | undefined;
  /** Who verifies the tokens of people and of programs, which groups may do what, and where the console lets people log in. */
  readonly oidc?: CollectorOidc | undefined;
  /** `whsec_…` of webhooks that send records (Standard Webhooks, HMAC-SHA256), to `/v1/webhook`. */
  readonly webhookSecrets?: readonly string[] | undefined;
  /** Who decides on approvals, and which webhooks are told of them. */
  readonly approvals?: ApprovalOptions | undefined;
  /** HTTPS in the place of HTTP, and syslog over TLS. */
  readonly tls?: CollectorTls | undefined;
  /** Where records come as syslog messages; nowhere where not given. */
  readonly syslog?: SyslogOptions | undefined;
  /** A stream of NATS JetStream that records are read from; none where not given. Needs `@nats-io/transport-node` and `@nats-io/jetstream`. */
  readonly nats?: NatsSourceOptions | undefined;
  /** A ClickHouse that all records are copied to, and found in when they are not kept here any more; none where not given. */
  readonly archive?: ArchiveOptions | undefined;
  /** What is told of, and whom. */
  readonly alerts?: AlertOptions | undefined;
  /** Records are removed so many days after they came, a whole day's together, and not before they are copied to an archive; never where not given. */
  readonly keepDays?: number | undefined;
  /** After so many records, and with each day, another file is begun; 2,000,000 where not given. */
  readonly partitionRecords?: number | undefined;
  /** Most bytes of a request's body, compressed or not; 8 MiB where not given. */
  readonly maxBodyBytes?: number | undefined;
  /** Most bytes of a body after decompression; 64 MiB where not given. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Where it reports forks, rollbacks and other signs of tampering: a pino logger fits. Nothing is said without. */
  readonly logger?: AuditLogger | undefined;
}

const Bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Tokens = v.array(
  v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 printable ASCII characters without spaces')),
);
const Groups = v.optional(v.array(v.pipe(v.string(), v.nonEmpty('must name a group'))));
const Pem = v.union([v.pipe(v.string(), v.nonEmpty()), v.instance(Buffer)]);
const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535));
const Named = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const Login = v.strictObject({
  issuer: v.pipe(v.string(), v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on the loopback interface')),
  clientId: Named,
  scope: v.optional(Named),
  resource: v.optional(Named),
});
const OptionsSchema = v.pipe(
  v.strictObject({
    directory: v.pipe(v.string(), v.nonEmpty('must name a directory')),
    host: v.optional(v.pipe(v.string(), v.nonEmpty('must name an address')), '127.0.0.1'),
    port: v.optional(Port, 0),
    tokens: v.optional(Tokens, []),
    writerTokens: v.optional(Tokens, []),
    oidc: v.optional(
      v.strictObject({
        verifier: v.custom<TokenVerifier>(
          (value) => typeof (value as TokenVerifier | undefined)?.verify === 'function',
          'must be a token verifier: createTokenVerifier',
        ),
        roles: v.strictObject({ writer: Groups, auditor: Groups, approver: Groups, admin: Groups }),
        login: v.optional(Login),
      }),
    ),
    webhookSecrets: v.optional(v.array(WebhookSecretSchema), []),
    tls: v.optional(
      v.pipe(
        v.strictObject({ cert: Pem, key: Pem, clientCa: v.optional(Pem) }),
        v.check(
          ({ cert, key, clientCa: ca }) => isUsable({ cert, key, ca }),
          'must be { cert, key, clientCa } in PEM, with a key that belongs to the certificate',
        ),
      ),
    ),
    syslog: v.optional(
      v.strictObject({ host: v.optional(v.string()), port: v.optional(Port), udpPort: v.optional(Port) }),
    ),
    nats: v.optional(NatsSourceSchema),
    archive: v.optional(ArchiveOptionsSchema),
    approvals: v.optional(ApprovalOptionsSchema, {}),
    alerts: v.optional(AlertOptionsSchema, {}),
    keepDays: v.optional(v.pipe(v.number(), v.minValue(1, 'must be at least 1'))),
    partitionRecords: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 2_000_000),
    logger: v.optional(v.custom<AuditLogger>((value) => typeof value === 'object')),
    maxBodyBytes: v.optional(Bytes, 8 * 1024 ** 2),
    maxDecompressedBytes: v.optional(Bytes, 64 * 1024 ** 2),
  }),
  v.forward(
    v.check(
      ({ host, tokens, oidc, tls }) =>
        tokens.length > 0 || oidc !== undefined || tls?.clientCa !== undefined || isLoopback(host),
      'a token is needed to listen on anything but a loopback address: anybody could read and write the trail',
    ),
    ['tokens'],
  ),
  v.forward(
    v.check(
      ({ syslog: { host = '127.0.0.1', udpPort } = {}, tls }) =>
        isLoopback(host) || (tls?.clientCa !== undefined && udpPort === undefined),
      'on anything but a loopback address it needs tls with clientCa, and has no UDP: anybody could write the trail',
    ),
    ['syslog'],
  ),
);

type Filled =
  | ('host' | 'port' | 'tokens' | 'writerTokens' | 'webhookSecrets' | 'approvals' | 'alerts' | 'partitionRecords')
  | ('maxBodyBytes' | 'maxDecompressedBytes' | 'logger');

/** The options with what was not given filled in. */
export type CheckedCollectorOptions = Omit<CollectorOptions, 'nats' | 'archive'> & {
  readonly [K in Filled]: NonNullable<CollectorOptions[K]>;
} & { readonly nats?: CheckedNatsSource | undefined; readonly archive?: CheckedArchiveOptions | undefined };

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkCollectorOptions(options: CollectorOptions): CheckedCollectorOptions {
  const checked = checkOptions('collector', OptionsSchema, options);
  return { ...checked, logger: checked.logger ?? silentLogger };
}
