import { lookup } from 'node:dns/promises';

import type { ServerPlace } from '../../../adapters/mysql2/replay-connection.js';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Whether a record may mean the server of a connection: by the same address or name and port, by what the server calls itself (so that a
 * tunnel to it is found out), or by its socket.
 * @param recorded `host:port` of the record, or the path of a socket
 */
export async function isSameServer(recorded: string, place: ServerPlace): Promise<boolean> {
  if (recorded.startsWith('/')) return recorded === place.socket;
  const at = recorded.lastIndexOf(':');
  const [host, port] = [recorded.slice(0, at), Number(recorded.slice(at + 1))];
  if (port === place.ownPort && isSameName(host, place.ownHost)) return true;
  if (port !== place.port) return false;
  if (isSameName(host, place.host)) return true;
  const [those, these] = await Promise.all([addressesOf(host), addressesOf(place.host)]);
  return [...those].some((address) => these.has(address));
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase().replace(/\.$/, '') === b.toLowerCase().replace(/\.$/, '');
}

/** Every address of this machine's loopback counts as one. */
async function addressesOf(host: string): Promise<ReadonlySet<string>> {
  if (LOOPBACK.test(host)) return new Set(['loopback']);
  // A name that nobody knows here is the address of nothing.
  const found = await lookup(host, { all: true }).catch(() => []);
  return new Set(found.map(({ address }) => (LOOPBACK.test(address) ? 'loopback' : address)));
}
