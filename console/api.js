// @ts-check
import { token, viewer } from './session-token.js';

const TIMEOUT_MS = 30_000;

/** What the collector does not do. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 where it cannot be reached
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @typedef {object} Question
 * @property {Readonly<Record<string, string | undefined>>} [query]
 * @property {object} [body] posted as JSON
 * @property {AbortSignal} [signal]
 * @property {string} [token] another one than that of who looks
 */

/**
 * Asks the collector.
 * @param {string} path
 * @param {Question} [question]
 * @returns {Promise<{ text: string, headers: Headers }>} its answer
 * @throws {ApiError}
 */
export async function askWhole(path, { query = {}, body, signal, token: given } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const known = given ?? token();
  const headers = {
    ...(known !== undefined && { authorization: `Bearer ${known}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    ...{ headers, redirect: 'error', credentials: 'omit', cache: 'no-store' },
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The collector cannot be reached.');
  });
  const text = await response.text();
  if (response.ok) return { text, headers: response.headers };
  if (response.status === 401 && given === undefined) viewer.dispatchEvent(new Event('needed'));
  throw new ApiError(response.status, messageOf(text) ?? `The collector answered ${response.status}.`);
}

/**
 * As {@link askWhole}, for the body only.
 * @param {string} path
 * @param {Question} [question]
 * @returns {Promise<string>}
 */
export async function askText(path, question) {
  return (await askWhole(path, question)).text;
}

/**
 * As {@link askText}, for JSON.
 * @param {string} path
 * @param {Question} [question]
 * @returns {Promise<any>}
 */
export async function ask(path, question) {
  return JSON.parse(await askText(path, question));
}

/** @param {string} text */
function messageOf(text) {
  try {
    const { error } = JSON.parse(text);
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
