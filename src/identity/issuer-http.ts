/** HTTP with an issuer: every answer bounded, redirects refused, plain HTTP only on the loopback interface. */
import { FailureError } from '../errors.js';
import { isSecureUrl } from '../options.js';
import { MAX_ANSWER_BYTES, quote } from './bounds.js';

/** The code that a failed request carries: whose work it was for. */
export type IssuerFailureCode = 'ISSUER_UNREACHABLE' | 'TOKEN_SOURCE_FAILED';

/** What an HTTP server answered. */
export interface JsonAnswer {
  readonly status: number;
  /** The parsed body; undefined where it is not JSON. */
  readonly body: unknown;
}

/**
 * Sends a request and reads its JSON answer, whatever the status.
 * @throws FailureError with the given code: no answer, a redirect, an answer over 1 MiB
 */
export async function fetchJson(code: IssuerFailureCode, url: string, init: RequestInit): Promise<JsonAnswer> {
  let answer: { status: number; text: string | undefined };
  try {
    // A redirect would move the trust in this URL to a server that nobody configured.
    const response = await fetch(url, { ...init, redirect: 'error' });
    answer = { status: response.status, text: await readText(response) };
  } catch (cause) {
    throw new FailureError(code, `${url} gave no answer: ${reasonOf(cause)}. Check the URL and the network.`, {
      cause,
    });
  }
  if (answer.text === undefined) {
    throw new FailureError(code, `${url} answered more than ${String(MAX_ANSWER_BYTES)} bytes. Check the URL.`);
  }
  return { status: answer.status, body: parseJson(answer.text) };
}

async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What lies under a failed fetch, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return quote(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && typeof cause.code === 'string' ? `${error.message} (${cause.code})` : cause.message;
}

/** What an issuer publishes about itself. */
export interface IssuerMetadata {
  readonly jwksUri: string | undefined;
  readonly tokenEndpoint: string | undefined;
}

/** Where an issuer publishes its metadata. */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Reads an issuer's metadata.
 * @throws FailureError with the given code: no answer, not the metadata of this issuer
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
export async function discoverIssuer(
  code: IssuerFailureCode,
  issuer: string,
  signal: AbortSignal,
): Promise<IssuerMetadata> {
  const url = discoveryUrl(issuer);
  const { status, body } = await fetchJson(code, url, { signal, headers: { accept: 'application/json' } });
  if (status !== 200 || !isObject(body)) {
    throw new FailureError(code, `${url} answered HTTP ${String(status)} without metadata. Check the issuer.`);
  }
  if (body['issuer'] !== issuer) {
    // Section 4.3: the two must be identical, or one issuer could hand out another one's keys.
    const told = quote(body['issuer']);
    throw new FailureError(
      code,
      `${url} is the metadata of ${told}, not of ${quote(issuer)}. Use the issuer's own name.`,
    );
  }
  return {
    jwksUri: endpoint(code, url, body, 'jwks_uri'),
    tokenEndpoint: endpoint(code, url, body, 'token_endpoint'),
  };
}

function endpoint(
  code: IssuerFailureCode,
  source: string,
  metadata: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isSecureUrl(value)) return value;
  throw new FailureError(code, `${source} names ${quote(value)} as its ${name}, which is no HTTPS URL.`);
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
