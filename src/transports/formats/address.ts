import { isIP } from 'node:net';

/** An end of a connection. */
export interface Address {
  /** Name or IP address, without brackets. */
  readonly host: string;
  /** `host`, where it is an IP address. */
  readonly ip?: string;
  readonly port?: number;
}

const HOST_AND_PORT = /^(.+):(\d{1,5})$/;

/** @param text - `host:port`, `ip:port`, `[ip]:port`, or a host alone */
export function parseAddress(text: string | undefined): Address | undefined {
  if (text === undefined || text === '') return undefined;
  const [, name, digits] = isIP(text) === 6 ? [] : (HOST_AND_PORT.exec(text) ?? []);
  const host = (name ?? text).replace(/^\[(.*)\]$/, '$1');
  const port = digits === undefined ? undefined : Number(digits);
  return {
    host,
    ...(isIP(host) !== 0 && { ip: host }),
    ...(port !== undefined && port <= 65_535 && { port }),
  };
}
