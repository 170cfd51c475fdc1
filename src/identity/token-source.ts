import { readFile } from 'node:fs/promises';
import { FailureError, isCountersignError } from '../errors.js';
import { requireSecureUrl } from './secure-url.js';

/** Where an agent gets its tokens. */
export interface TokenSource {
  /** A token that is fresh now. @throws FailureError `TOKEN_SOURCE_FAILED` */
  getToken(signal?: AbortSignal): Promise<string>;
}

function failure(what: string, cause: unknown): FailureError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FailureError('TOKEN_SOURCE_FAILED', `${what}: ${reason}`, { cause });
}

/** A token that never changes: it works until it expires. */
export function staticToken(token: string): TokenSource {
  return { getToken: () => Promise.resolve(token) };
}

/** A function that is called for each new token. */
export function tokenFunction(get: (signal?: AbortSignal) => string | Promise<string>): TokenSource {
  return {
    async getToken(signal): Promise<string> {
      try {
        return await get(signal);
      } catch (error) {
        throw failure('the token function failed', error);
      }
    },
  };
}

/** A file that somebody keeps fresh, such as a projected service-account token of Kubernetes: read anew each time, and trimmed. */
export function tokenFile(path: string): TokenSource {
  return {
    async getToken(signal): Promise<string> {
      try {
        return (await readFile(path, { encoding: 'utf8', signal })).trim();
      } catch (error) {
        throw failure(`the token file ${path} cannot be read`, error);
      }
    },
  };
}

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** The token endpoint. HTTPS, except on loopback. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `scope` parameter, space separated. */
  readonly scope?: string;
  /** `resource` parameter (RFC 8707): whom the token is for. */
  readonly resource?: string;
  /** Milliseconds that the request may take. Default 10,000. */
  readonly timeoutMs?: number;
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function basicAuthorization(id: string, secret: string): string {
  const encode = (part: string): string => new URLSearchParams({ '': part }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}

/**
 * The client credentials grant: the agent's own id and secret for a token.
 * @throws FailureError `OPTIONS_INVALID` where the endpoint is not HTTPS
 * @see RFC 6749, section 4.4
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  const url = requireSecureUrl('tokenEndpoint', options.tokenEndpoint);
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  if (options.scope !== undefined) body.set('scope', options.scope);
  if (options.resource !== undefined) body.set('resource', options.resource);
  const authorization = basicAuthorization(options.clientId, options.clientSecret);
  return {
    async getToken(signal): Promise<string> {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000);
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { authorization, accept: 'application/json' },
          body,
          redirect: 'error',
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        });
        return tokenOf(response.status, await response.json());
      } catch (error) {
        if (isCountersignError(error)) throw error;
        throw failure(`${url.href} gave no token for ${options.clientId}`, error);
      }
    },
  };
}

function tokenOf(status: number, answer: unknown): string {
  const { access_token: token, error, error_description: description } = answer as Record<string, unknown>;
  if (status === 200 && typeof token === 'string') return token;
  throw new FailureError(
    'TOKEN_SOURCE_FAILED',
    `the token endpoint answered ${status}: ${String(error ?? 'no access_token')} ${String(description ?? '')}`.trim(),
  );
}
