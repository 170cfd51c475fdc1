/** Who sends records, as they are known by: the same for nobody else. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

const NAME_CHARS = 16;

/** What a secret is known by to people who may not have it. */
export function secretName(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, NAME_CHARS);
}

/** The subject of a client's certificate, which stays when that is renewed; undefined where it has none that is believed. */
export function certificateName(socket: Socket | TLSSocket): string | undefined {
  if (!('authorized' in socket) || !socket.authorized) return undefined;
  const { subject, subjectaltname } = socket.getPeerCertificate();
  // As JSON, so that no part of a name can be taken for another one.
  return `certificate ${JSON.stringify(Object.keys(subject).length === 0 ? [subjectaltname] : subject)}`;
}
