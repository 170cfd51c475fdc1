import { bearerTokenOf } from '../../src/bearer-token.js';
import { DenialError, isCountersignError } from '../../src/errors.js';
import type { Identity, TokenVerifier } from '../../src/identity/index.js';
import type { CallContext } from '../../src/session/index.js';

/** Headers of a request by their names in lower case, as Node.js and every framework on it has them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How requests are told apart. */
export interface BearerOptions {
  /** Of the access tokens. */
  readonly verifier: TokenVerifier;
  /** The task that a request is for, such as of a header of its own. Default: the token's, or none. */
  readonly taskOf?: (headers: RequestHeaders) => string | undefined;
  /** What `WWW-Authenticate` names as realm. Default `countersign`. */
  readonly realm?: string;
}

/** Why a request is not let in, as HTTP says it. */
export interface BearerRefusal {
  /** 401, or 503 where the token cannot be checked now. */
  readonly status: 401 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string };
}

/** What is known of a request by its bearer token, its `traceparent` and its task; else why it is not let in. */
export async function identify(headers: RequestHeaders, options: BearerOptions): Promise<CallContext | BearerRefusal> {
  const token = bearerTokenOf(one(headers['authorization']));
  if (token === undefined) return unauthorized(options, 'give the access token: Authorization: Bearer <token>');
  let identity: Identity;
  try {
    identity = await options.verifier.verify(token);
  } catch (error) {
    if (error instanceof DenialError) return unauthorized(options, error.message, 'invalid_token');
    // What it says may name hosts of ours.
    const code = isCountersignError(error) ? ` (${error.code})` : '';
    return { status: 503, headers: {}, body: { error: `the token cannot be checked now: try again${code}` } };
  }
  return { identity, task: options.taskOf?.(headers), trace: one(headers['traceparent']) };
}

/** Whether a request is not let in. */
export function isBearerRefusal(found: CallContext | BearerRefusal): found is BearerRefusal {
  return 'status' in found;
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function unauthorized({ realm = 'countersign' }: BearerOptions, message: string, error?: string): BearerRefusal {
  const challenge = `Bearer realm="${quoted(realm)}"${error === undefined ? '' : `, error="${error}"`}`;
  return { status: 401, headers: { 'www-authenticate': challenge }, body: { error: message } };
}

function quoted(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
