import { createSecureContext } from 'node:tls';

import * as v from 'valibot';

/** What a connection to a receiver proves itself with, and what it believes, in PEM. */
export interface TlsMaterial {
  /** Authorities that are believed, in place of those that Node has. */
  readonly ca?: string | Buffer | undefined;
  /** The client's certificate, with what leads to its authority. */
  readonly cert?: string | Buffer | undefined;
  /** The key of `cert`. */
  readonly key?: string | Buffer | undefined;
}

/** Certificates of a connection that stays open: they are read once. */
export interface TransportTlsOptions extends TlsMaterial {
  /** The name that the receiver's certificate has to bear; the host's where not given. */
  readonly servername?: string | undefined;
}

/** Certificates and keys, or a function that gives those that are good now. It is asked for each request. */
export type TlsSource = TlsMaterial | (() => TlsMaterial | Promise<TlsMaterial>);

const pem = v.optional(v.union([v.string(), v.instance(Buffer)]));

const PROBLEM = 'must be { ca, cert, key } in PEM, with a key that belongs to the certificate';
const SOURCE_PROBLEM = `${PROBLEM}, or a function that gives them`;

/** Checks {@link TlsMaterial}. No message repeats what was given. */
export const TlsMaterialSchema: v.GenericSchema<TlsMaterial> = v.pipe(
  v.strictObject({ ca: pem, cert: pem, key: pem }),
  v.check(isUsable, PROBLEM),
);

/** Checks {@link TlsSource}. No message repeats what was given. */
export const TlsSchema: v.GenericSchema<TlsSource> = v.union(
  [v.custom<() => TlsMaterial | Promise<TlsMaterial>>((value) => typeof value === 'function'), TlsMaterialSchema],
  SOURCE_PROBLEM,
);

/** Checks {@link TransportTlsOptions}. No message repeats what was given. */
export const TransportTlsSchema: v.GenericSchema<TransportTlsOptions> = v.pipe(
  v.strictObject({ ca: pem, cert: pem, key: pem, servername: v.optional(v.string()) }),
  v.check(isUsable, 'must have its certificates in PEM, and a cert and a key that belong together'),
);

/** Whether certificates are in PEM, and a key belongs to its certificate. */
export function isUsable({ ca, cert, key }: TlsMaterial): boolean {
  if ((cert === undefined) !== (key === undefined)) return false;
  try {
    createSecureContext({ ca, cert, key });
    return true;
  } catch {
    return false;
  }
}

/** What is good now, as Node's `https` takes it. */
export async function currentTls(source: TlsSource | undefined): Promise<TlsMaterial> {
  const { ca, cert, key } = (typeof source === 'function' ? await source() : source) ?? {};
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}
