import * as v from 'valibot';

import { checkOptions, isSecureUrl } from '../options.js';
import type { Filled } from './filled-options.js';
import { recordJson, type RecordFormat } from './formats/record-format.js';
import { formatSchema, milliseconds } from './receiver-options.js';
import { type TransportTlsOptions, TransportTlsSchema } from './tls-material.js';

/** Who the program is to a NATS server: one of these. */
export type NatsLogin =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** The text of a `.creds` file. */
  | { readonly credentials: string }
  /** The seed of an NKey, `SU…`. */
  | { readonly nkeySeed: string };

/** How a NATS server is reached. */
export interface NatsConnectionOptions {
  /** `host:port` of a server or of several of a cluster. Without `tls`, only on the loopback interface. */
  readonly servers: string | readonly string[];
  /** Who the program is. */
  readonly login?: NatsLogin | undefined;
  /** Demands TLS; `true` with the system's authorities. */
  readonly tls?: true | TransportTlsOptions | undefined;
  /** Milliseconds after which what has no answer counts as failed; 10000 where not given. */
  readonly timeoutMs?: number | undefined;
}

/** Options of `natsTransport`. */
export interface NatsTransportOptions extends NatsConnectionOptions {
  /**
   * Where records are published to; `countersign.{type}` where not given. `{type}` stands for the type of the record: `statement`, `session`…
   * A stream of JetStream has to take the subject.
   */
  readonly subject?: string | undefined;
  /** The stream that has to take the subject; any where not given. */
  readonly stream?: string | undefined;
  /** Names the cursor; `nats` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** The form of the message; `recordJson` where not given. */
  readonly format?: RecordFormat | undefined;
}

/** Where records are read from that others have published. */
export interface NatsSourceOptions extends NatsConnectionOptions {
  /** The stream that holds them: records as `natsTransport` publishes them. Whoever may publish to it is one sender. */
  readonly stream: string;
  /** The durable consumer; `countersign-collector` where not given. Made where there is none and the login may. */
  readonly consumer?: string | undefined;
}

/** Tokens of a subject without wildcards and spaces, `{type}` among them. */
const SUBJECT = /^(?:[^\s.*>{}]|\{type\})+(?:\.(?:[^\s.*>{}]|\{type\})+)*$/;
const secret = (): v.GenericSchema<string> => v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty'));
const Server = v.pipe(
  v.string(),
  v.transform((server) => server.replace(/^(?:nats|tls):\/\//, '')),
  v.check((server) => /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(server), 'must be host:port'),
);

const INSECURE = 'are taken without tls on the loopback interface only';
const StreamName = v.pipe(v.string(), v.regex(/^[^\s.*>/\\]+$/, 'must be the name of a stream'));
const connectionEntries = {
  servers: v.pipe(
    v.union([v.string(), v.array(v.string())], 'must be host:port or a list of it'),
    v.transform((servers) => (typeof servers === 'string' ? [servers] : servers)),
    v.array(Server),
    v.minLength(1, 'must hold at least one server'),
  ),
  login: v.optional(
    v.union(
      [
        v.strictObject({ user: secret(), password: secret() }),
        v.strictObject({ token: secret() }),
        v.strictObject({ credentials: secret() }),
        v.strictObject({ nkeySeed: secret() }),
      ],
      'must be {user, password}, {token}, {credentials} or {nkeySeed}',
    ),
  ),
  tls: v.optional(
    v.union(
      [
        v.pipe(
          v.literal(true),
          v.transform(() => ({})),
        ),
        TransportTlsSchema,
      ],
      'must be true or certificates in PEM',
    ),
  ),
  timeoutMs: v.optional(milliseconds(), 10_000),
};

/** Whether nobody on the way can read what is sent. */
const isSecure = ({ servers, tls }: Pick<CheckedNatsConnection, 'servers' | 'tls'>): boolean =>
  tls !== undefined || servers.every((server) => isSecureUrl(`http://${server}`));

const OptionsSchema = v.pipe(
  v.strictObject({
    ...connectionEntries,
    subject: v.optional(
      v.pipe(
        v.string(),
        v.regex(SUBJECT, 'must be a subject without wildcards; {type} stands for the type of a record'),
      ),
      'countersign.{type}',
    ),
    stream: v.optional(StreamName),
    name: v.optional(v.string(), 'nats'),
    format: v.optional(formatSchema, recordJson),
  }),
  v.forward(
    v.check(({ servers, tls }) => isSecure({ servers, tls }), INSECURE),
    ['servers'],
  ),
);

/** What the options of {@link NatsSourceOptions} have to be. */
export const NatsSourceSchema: v.GenericSchema<NatsSourceOptions, CheckedNatsSource> = v.pipe(
  v.strictObject({
    ...connectionEntries,
    stream: StreamName,
    consumer: v.optional(
      v.pipe(v.string(), v.regex(/^[^\s.*>/\\]+$/, 'must be the name of a consumer')),
      'countersign-collector',
    ),
  }),
  v.forward(
    v.check(({ servers, tls }) => isSecure({ servers, tls }), INSECURE),
    ['servers'],
  ),
);

/** How a server is reached, with what was not given filled in. */
export interface CheckedNatsConnection {
  readonly servers: readonly string[];
  readonly login?: NatsLogin | undefined;
  readonly tls?: TransportTlsOptions | undefined;
  readonly timeoutMs: number;
}

/** Where records are read from, with what was not given filled in. */
export interface CheckedNatsSource extends CheckedNatsConnection {
  readonly stream: string;
  readonly consumer: string;
}

/** The options with what was not given filled in. */
export type CheckedNatsOptions = CheckedNatsConnection &
  Filled<Omit<NatsTransportOptions, keyof NatsConnectionOptions>, 'stream'>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkNatsOptions(options: NatsTransportOptions): CheckedNatsOptions {
  return checkOptions('natsTransport', OptionsSchema, options);
}
