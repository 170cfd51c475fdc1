import { hostname } from 'node:os';
import * as v from 'valibot';

import { checkOptions } from '../options.js';
import type { Filled } from './filled-options.js';
import { recordJson, type RecordFormat } from './formats/record-format.js';
import { formatSchema, milliseconds } from './receiver-options.js';
import { type TransportTlsOptions, TransportTlsSchema } from './tls-material.js';

/** Options of `syslogTransport`. */
export interface SyslogTransportOptions {
  /** Name or address of the receiver. */
  readonly host: string;
  /** `tls` (RFC 5425), `tcp` (RFC 6587, octet counting) or `udp` (RFC 5426); `tls` where not given. Only `tls` hides what is sent. */
  readonly protocol?: 'tls' | 'tcp' | 'udp' | undefined;
  /** 6514 for TLS, 601 for TCP and 514 for UDP where not given. */
  readonly port?: number | undefined;
  /** Names the cursor; `syslog` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Certificates, for TLS. */
  readonly tls?: TransportTlsOptions | undefined;
  /** The form of the message; `recordJson` where not given. */
  readonly format?: RecordFormat | undefined;
  /** Number of the facility, 0 to 23; 13, log audit, where not given. */
  readonly facility?: number | undefined;
  /** APP-NAME, at most 48 characters; `countersign` where not given. */
  readonly appName?: string | undefined;
  /** HOSTNAME; the machine's where not given. */
  readonly hostname?: string | undefined;
  /** PROCID, at most 128 characters; the process's id where not given. */
  readonly procId?: string | undefined;
  /** Your private enterprise number, after the `@` of the SD-ID; 32473, which is reserved for documentation (RFC 5612), where not given. */
  readonly enterpriseNumber?: number | undefined;
  /**
   * What the receiver takes, in bytes of a whole message, from 480; for UDP 2048 where not given, which every receiver should take, and at
   * most 65507. No limit for TCP and TLS where not given.
   */
  readonly maxMessageBytes?: number | undefined;
  /** What becomes of a longer message: `reject`, where not given, makes a dead letter of its record; `cut` sends what fits, with `cut="true"`. */
  readonly oversize?: 'reject' | 'cut' | undefined;
  /**
   * When a batch over TCP or TLS counts as accepted: `closed`, where not given, once the receiver has read all of it and closed the
   * connection, which is opened anew for each batch; `written` once the operating system has taken it, over a connection that is kept.
   */
  readonly confirm?: 'closed' | 'written' | undefined;
  /** The most datagrams a second; 10000 where not given. */
  readonly maxDatagramsPerSecond?: number | undefined;
  /** Milliseconds after which a batch counts as failed; 15000 where not given. */
  readonly timeoutMs?: number | undefined;
}

const MAX_DATAGRAM_BYTES = 65_507;
const PORTS = { tls: 6514, tcp: 601, udp: 514 };
/** PRINTUSASCII of RFC 5424, which has no spaces. */
const headerField = (maxChars: number): v.GenericSchema<string> =>
  v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
    v.maxLength(maxChars, `must have at most ${maxChars} characters`),
  );
const integer = (min: number, max: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const OptionsSchema = v.pipe(
  v.strictObject({
    host: v.pipe(v.string(), v.regex(/^[\w.:-]+$/, 'must be a host name or an address')),
    protocol: v.optional(v.picklist(['tls', 'tcp', 'udp'])),
    port: v.optional(integer(1, 65_535)),
    name: v.optional(v.string(), 'syslog'),
    tls: v.optional(TransportTlsSchema, {}),
    format: v.optional(formatSchema, recordJson),
    facility: v.optional(integer(0, 23), 13),
    appName: v.optional(headerField(48), 'countersign'),
    hostname: v.optional(headerField(255), () => hostname()),
    procId: v.optional(headerField(128), () => String(process.pid)),
    enterpriseNumber: v.optional(integer(1, 2 ** 32 - 1), 32_473),
    maxMessageBytes: v.optional(integer(480, Number.MAX_SAFE_INTEGER)),
    oversize: v.optional(v.picklist(['reject', 'cut']), 'reject'),
    confirm: v.optional(v.picklist(['closed', 'written']), 'closed'),
    maxDatagramsPerSecond: v.optional(integer(1, 1_000_000), 10_000),
    timeoutMs: v.optional(milliseconds(), 15_000),
  }),
  v.forward(
    v.check(
      ({ protocol, maxMessageBytes = 0 }) => protocol !== 'udp' || maxMessageBytes <= MAX_DATAGRAM_BYTES,
      `a datagram holds at most ${MAX_DATAGRAM_BYTES} bytes`,
    ),
    ['maxMessageBytes'],
  ),
  v.transform(({ protocol = 'tls', ...options }) => ({
    ...options,
    protocol,
    port: options.port ?? PORTS[protocol],
    maxMessageBytes: options.maxMessageBytes ?? (protocol === 'udp' ? 2048 : Number.MAX_SAFE_INTEGER),
  })),
);

/** The options with what was not given filled in. */
export type CheckedSyslogOptions = Filled<SyslogTransportOptions>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkSyslogOptions(options: SyslogTransportOptions): CheckedSyslogOptions {
  return checkOptions('syslogTransport', OptionsSchema, options);
}
