/** The OAuth 2.0 client credentials grant: an agent that signs in as itself. */
import { KeyObject, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { FailureError, isCountersignError } from '../errors.js';
import { quote } from './bounds.js';
import { checkOptions, isSecureUrl } from '../options.js';
import { withDeadline } from '../deadline.js';
import { discoverIssuer, fetchJson, isObject, type JsonAnswer, reasonOf } from './issuer-http.js';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './signature-algorithm.js';
import type { TokenSource } from './token-source.js';

/** Which client signs in, where, and for what. */
export interface ClientCredentialsOptions {
  /** The issuer, whose discovery document names the token endpoint. This or `tokenEndpoint`. */
  readonly issuer?: string;
  /** The token endpoint itself: HTTPS, or HTTP on a loopback host. */
  readonly tokenEndpoint?: string;
  /** Id of the client. */
  readonly clientId: string;
  /** The client's secret. This or `privateKey`. */
  readonly clientSecret?: string;
  /** How the secret is sent. Default `client_secret_basic`. */
  readonly authentication?: 'client_secret_basic' | 'client_secret_post';
  /** The client's private key, for `private_key_jwt` (RFC 7523): no secret leaves the process. */
  readonly privateKey?: { readonly key: KeyObject; readonly algorithm: SignatureAlgorithm; readonly keyId?: string };
  /** Scopes, separated by spaces. */
  readonly scope?: string;
  /** What the token is for, where the issuer takes a resource indicator (RFC 8707). */
  readonly resource?: string;
  /** What the token is for, where the issuer takes an `audience` parameter. */
  readonly audience?: string;
  /** Milliseconds that getting a token may take: 100 to 60,000, default 10,000. */
  readonly timeoutMs?: number;
}

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const secureUrl = v.pipe(text, v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on a loopback host'));
const schema = v.pipe(
  v.strictObject({
    issuer: v.optional(secureUrl),
    tokenEndpoint: v.optional(secureUrl),
    clientId: text,
    clientSecret: v.optional(text),
    authentication: v.optional(v.picklist(['client_secret_basic', 'client_secret_post']), 'client_secret_basic'),
    privateKey: v.optional(
      v.strictObject({
        key: v.pipe(
          v.custom<KeyObject>((key) => key instanceof KeyObject, 'must be a KeyObject of node:crypto'),
          v.check((key) => key.type === 'private', 'must be a private key'),
        ),
        algorithm: v.picklist(SIGNATURE_ALGORITHMS),
        keyId: v.optional(text),
      }),
    ),
    scope: v.optional(text),
    resource: v.optional(text),
    audience: v.optional(text),
    timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(60_000)), 10_000),
  }),
  v.check(
    (o) => (o.issuer === undefined) !== (o.tokenEndpoint === undefined),
    'give issuer or tokenEndpoint, one of them',
  ),
  v.check(
    (o) => (o.clientSecret === undefined) !== (o.privateKey === undefined),
    'give clientSecret or privateKey, one of them',
  ),
);

type Settings = v.InferOutput<typeof schema>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFETIME_SECONDS = 60;

/**
 * A source that gets each token with the client credentials grant.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  const settings = checkOptions('clientCredentials', schema, options);
  return {
    async getToken(signal) {
      try {
        return await withDeadline(settings.timeoutMs, signal, (ending) => requestToken(settings, ending));
      } catch (cause) {
        if (isCountersignError(cause)) throw cause;
        throw failure(settings, `got no token: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}

function failure(settings: Settings, problem: string, options?: ErrorOptions): FailureError {
  return new FailureError('TOKEN_SOURCE_FAILED', `client ${quote(settings.clientId)} ${problem}`, options);
}

async function requestToken(settings: Settings, signal: AbortSignal): Promise<string> {
  const endpoint = settings.tokenEndpoint ?? (await discoverEndpoint(settings, signal));
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers = new Headers({ accept: 'application/json' });
  for (const name of ['scope', 'resource', 'audience'] as const) {
    const value = settings[name];
    if (value !== undefined) form.set(name, value);
  }
  await authenticate(settings, endpoint, form, headers);
  const answer = await fetchJson('TOKEN_SOURCE_FAILED', endpoint, { method: 'POST', headers, body: form, signal });
  return accessTokenOf(settings, endpoint, answer);
}

async function discoverEndpoint(settings: Settings, signal: AbortSignal): Promise<string> {
  const issuer = settings.issuer ?? '';
  const { tokenEndpoint } = await discoverIssuer('TOKEN_SOURCE_FAILED', issuer, signal);
  if (tokenEndpoint !== undefined) return tokenEndpoint;
  throw failure(settings, `cannot sign in: ${issuer} publishes no token_endpoint. Give tokenEndpoint.`);
}

async function authenticate(
  settings: Settings,
  endpoint: string,
  form: URLSearchParams,
  headers: Headers,
): Promise<void> {
  const { clientId, clientSecret, privateKey } = settings;
  if (privateKey !== undefined) {
    form.set('client_assertion_type', ASSERTION_TYPE);
    form.set('client_assertion', await clientAssertion(clientId, settings.issuer ?? endpoint, privateKey));
  } else if (settings.authentication === 'client_secret_basic') {
    const pair = `${formEncode(clientId)}:${formEncode(clientSecret ?? '')}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  } else {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret ?? '');
  }
}

/** RFC 6749, section 2.3.1: both halves are form-encoded before they are joined. */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

async function clientAssertion(
  clientId: string,
  audience: string,
  { key, algorithm, keyId }: NonNullable<Settings['privateKey']>,
): Promise<string> {
  const { SignJWT } = await import('jose/jwt/sign');
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${String(ASSERTION_LIFETIME_SECONDS)}s`)
    .sign(key);
}

function accessTokenOf(settings: Settings, endpoint: string, { status, body }: JsonAnswer): string {
  const answer = isObject(body) ? body : {};
  const { access_token: token, token_type: type, error, error_description: description } = answer;
  if (status !== 200) {
    const told = error === undefined ? '' : `: ${quote(error)} ${quote(description ?? '')}`;
    throw failure(
      settings,
      `was refused by ${endpoint} with HTTP ${String(status)}${told}. Check its credentials and scope.`,
    );
  }
  if (typeof token !== 'string' || token === '') throw failure(settings, `got no access_token from ${endpoint}.`);
  if (typeof type === 'string' && type.toLowerCase() === 'bearer') return token;
  throw failure(settings, `got a token of type ${quote(type)} from ${endpoint}; only Bearer can be used.`);
}
