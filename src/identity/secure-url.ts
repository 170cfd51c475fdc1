import { FailureError } from '../errors.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A URL that keys, tokens or secrets may travel over.
 * @throws FailureError `OPTIONS_INVALID` unless it is HTTPS, or HTTP on loopback
 */
export function requireSecureUrl(what: string, value: string): URL {
  if (!URL.canParse(value)) throw new FailureError('OPTIONS_INVALID', `${what} is not a URL: ${JSON.stringify(value)}`);
  const url = new URL(value);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url;
  throw new FailureError('OPTIONS_INVALID', `${what} has to be HTTPS, except on loopback: ${value}`);
}
