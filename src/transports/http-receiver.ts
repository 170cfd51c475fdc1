import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { withDeadline } from '../deadline.js';
import { HttpPoster, type PostAnswer } from './http-post.js';
import { currentTls, type TlsSource } from './tls-material.js';

const compress = promisify(gzip);
/** The fastest level, and the output in one piece: each piece costs a turn of the thread pool. */
const GZIP = { level: 1, chunkSize: 256 * 1024 };
const MAX_ANSWER_CHARS = 64 * 1024;

/** How a receiver is reached. */
export interface ReceiverSettings {
  readonly url: string;
  readonly gzip: boolean;
  readonly timeoutMs: number;
  readonly tls?: TlsSource | undefined;
  /** How it is called in reasons; the URL without its query where not given. */
  readonly place?: string;
  /** How much of an answer is kept; 64 Ki where not given. */
  readonly maxAnswerChars?: number;
}

/** The answer of a receiver, and what may be said of it: neither a key that was sent nor a query, which may hold one. */
export interface ReceiverAnswer extends PostAnswer {
  /** Where it is from. */
  readonly place: string;
  /** Its text, without what was sent in headers. */
  readonly said: string;
}

/** One URL that takes POSTs: compressed, in time, over TLS with the certificate of the day. */
export class HttpReceiver {
  readonly #settings: ReceiverSettings;
  readonly #poster: HttpPoster;
  readonly #place: string;

  constructor(settings: ReceiverSettings) {
    this.#settings = settings;
    this.#place = settings.place ?? placeOf(settings.url);
    this.#poster = new HttpPoster(settings.url, settings.maxAnswerChars ?? MAX_ANSWER_CHARS);
  }

  /** @returns the answer, or why there is none */
  async post(
    headers: Readonly<Record<string, string>>,
    plain: Buffer,
    signal: AbortSignal,
  ): Promise<ReceiverAnswer | string> {
    const { timeoutMs, tls } = this.#settings;
    const place = this.#place;
    const body = this.#settings.gzip ? await compress(plain, GZIP) : plain;
    const request = {
      headers: { ...headers, ...(this.#settings.gzip && { 'content-encoding': 'gzip' }) },
      body,
      tls: await currentTls(tls),
    };
    try {
      const answer = await withDeadline(timeoutMs, signal, (deadline) => this.#poster.post(request, deadline));
      return { ...answer, place, said: withoutSecrets(answer.body, headers) };
    } catch (error) {
      return networkProblem(place, error);
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.#poster.close();
  }
}

function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Headers that hold no secrets. */
const OPEN_HEADERS = /^(?:content-|idempotency-key$|webhook-)/i;

/** A receiver may repeat what it was sent. */
function withoutSecrets(body: string, headers: Readonly<Record<string, string>>): string {
  let said = body;
  for (const [name, value] of Object.entries(headers)) {
    const secret = value.slice(value.lastIndexOf(' ') + 1);
    if (!OPEN_HEADERS.test(name) && secret !== '') said = said.replaceAll(secret, '***');
  }
  return said;
}

function networkProblem(place: string, error: unknown): string {
  return `${place} could not be reached: ${error instanceof Error ? error.message || nameOf(error) : String(error)}`;
}

/** Of several addresses that could not be reached, Node gives no message but a code. */
function nameOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
