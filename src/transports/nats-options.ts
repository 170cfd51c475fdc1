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

/** Options of `natsTransport`. */
export interface NatsTransportOptions {
  /** `host:port` of a server or of several of a cluster. Without `tls`, only on the loopback interface. */
  readonly servers: string | readonly string[];
  /**
   * Where records are published to; `countersign.{type}` where not given. `{type}` stands for the type of the record: `statement`, `session`…
   * A stream of JetStream has to take the subject.
   */
  readonly subject?: string | undefined;
  /** The stream that has to take the subject; any where not given. */
  readonly stream?: string | undefined;
  /** Names the cursor; `nats` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Who the program is. */
  readonly login?: NatsLogin | undefined;
  /** Demands TLS; `true` with the system's authorities. */
  readonly tls?: true | TransportTlsOptions | undefined;
  /** The form of the message; `recordJson` where not given. */
  readonly format?: RecordFormat | undefined;
  /** Milliseconds after which a record without an acknowledgement counts as failed; 10000 where not given. */
  readonly timeoutMs?: number | undefined;
}

/** Tokens of a subject without wildcards and spaces, `{type}` among them. */
const SUBJECT = /^(?:[^\s.*>{}]|\{type\})+(?:\.(?:[^\s.*>{}]|\{type\})+)*$/;
const secret = (): v.GenericSchema<string> => v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty'));
const Server = v.pipe(
  v.string(),
  v.transform((server) => server.replace(/^(?:nats|tls):\/\//, '')),
  v.check((server) => /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(server), 'must be host:port'),
);

const OptionsSchema = v.pipe(
  v.strictObject({
    servers: v.pipe(
      v.union([v.string(), v.array(v.string())], 'must be host:port or a list of it'),
      v.transform((servers) => (typeof servers === 'string' ? [servers] : servers)),
      v.array(Server),
      v.minLength(1, 'must hold at least one server'),
    ),
    subject: v.optional(
      v.pipe(
        v.string(),
        v.regex(SUBJECT, 'must be a subject without wildcards; {type} stands for the type of a record'),
      ),
      'countersign.{type}',
    ),
    stream: v.optional(v.pipe(v.string(), v.regex(/^[^\s.*>/\\]+$/, 'must be the name of a stream'))),
    name: v.optional(v.string(), 'nats'),
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
    format: v.optional(formatSchema, recordJson),
    timeoutMs: v.optional(milliseconds(), 10_000),
  }),
  v.forward(
    v.check(
      ({ servers, tls }) => tls !== undefined || servers.every((server) => isSecureUrl(`http://${server}`)),
      'are taken without tls on the loopback interface only',
    ),
    ['servers'],
  ),
);

/** The options with what was not given filled in. */
export type CheckedNatsOptions = Omit<Filled<NatsTransportOptions, 'stream' | 'login' | 'tls'>, 'servers' | 'tls'> & {
  readonly servers: readonly string[];
  readonly tls?: TransportTlsOptions | undefined;
};

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkNatsOptions(options: NatsTransportOptions): CheckedNatsOptions {
  return checkOptions('natsTransport', OptionsSchema, options);
}
