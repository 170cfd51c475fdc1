/**
 * Signatures of Standard Webhooks: over `id.timestamp.body`, `v1` by HMAC-SHA256 and `v1a` by Ed25519.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @module
 */

import { createHmac, createPrivateKey, sign, timingSafeEqual } from 'node:crypto';

const SHARED_PREFIX = 'whsec_';
const PRIVATE_PREFIX = 'whsk_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** A private key of PKCS #8 up to its 32-byte seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** Makes one signature of a request, with its version. */
export type WebhookSigner = (content: Buffer) => string;

/** Whether a text is a secret that can sign. */
export function isWebhookSecret(secret: string): boolean {
  const bytes = keyBytes(secret);
  if (bytes === undefined) return false;
  if (secret.startsWith(SHARED_PREFIX)) return bytes.length >= 24 && bytes.length <= 64;
  return bytes.length === SEED_BYTES || bytes.length === 2 * SEED_BYTES;
}

/** What signs with a secret that {@link isWebhookSecret}. */
export function createWebhookSigner(secret: string): WebhookSigner {
  const bytes = keyBytes(secret) ?? Buffer.alloc(0);
  if (secret.startsWith(SHARED_PREFIX)) {
    return (content) => `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
  }
  const der = Buffer.concat([PKCS8_HEAD, bytes.subarray(0, SEED_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return (content) => `v1a,${sign(null, content, key).toString('base64')}`;
}

/**
 * The headers of a request.
 * @param id - the same on each try
 * @param atMs - now, in milliseconds since the epoch: receivers refuse old requests
 */
export function webhookHeaders(
  id: string,
  atMs: number,
  body: Buffer,
  signers: readonly WebhookSigner[],
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signers.map((signer) => signer(content)).join(' '),
  };
}

/** How old, or how far ahead, a signed request may be. */
const TOLERANCE_MS = 300_000;

/**
 * The secret that a request is signed with; undefined where it is none of them, or is not of now.
 * @param headers - attacker-controlled
 * @param secrets - `whsec_…`, which {@link isWebhookSecret}
 */
export function secretOfWebhook(
  headers: Readonly<Record<string, unknown>>,
  body: Buffer,
  secrets: readonly string[],
  nowMs: number = Date.now(),
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers;
  if (typeof id !== 'string' || typeof given !== 'string' || !/^\d{1,12}$/.test(String(timestamp))) return undefined;
  const atMs = Number(timestamp) * 1_000;
  if (Math.abs(nowMs - atMs) > TOLERANCE_MS) return undefined;
  return secrets.find((secret) => {
    const wanted = webhookHeaders(id, atMs, body, [createWebhookSigner(secret)])['webhook-signature'] ?? '';
    return given.split(' ').some((one) => isEqual(one, wanted));
  });
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function keyBytes(secret: string): Buffer | undefined {
  const prefix = [SHARED_PREFIX, PRIVATE_PREFIX].find((start) => secret.startsWith(start));
  if (prefix === undefined) return undefined;
  const text = secret.slice(prefix.length);
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}
