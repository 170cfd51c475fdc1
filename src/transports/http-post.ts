import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import type { TlsMaterial } from './tls-material.js';

/** The answer to a POST. */
export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Its text, cut at the limit. */
  readonly body: string;
}

/** One POST. */
export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Connections are kept for each material of their own: a renewed certificate is shown by the next request. */
  readonly tls: TlsMaterial;
}

/**
 * Posts bodies to one URL over connections that are kept. `fetch` would do as well, at five times the CPU for a body of 50 kB.
 * Redirects are not followed.
 */
export class HttpPoster {
  readonly #url: URL;
  readonly #agent: HttpAgent;
  readonly #request: typeof httpRequest;
  readonly #maxAnswerChars: number;

  /** @param maxAnswerChars - how much of an answer is kept */
  constructor(url: string, maxAnswerChars: number) {
    this.#url = new URL(url);
    const secure = this.#url.protocol === 'https:';
    this.#agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#request = secure ? httpsRequest : httpRequest;
    this.#maxAnswerChars = maxAnswerChars;
  }

  /** @throws the network's error, or the signal's reason */
  post({ headers, body, tls }: PostRequest, signal: AbortSignal): Promise<PostAnswer> {
    return new Promise((resolve, reject) => {
      const options = {
        ...tls,
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': String(body.length) },
        signal,
      };
      const request = this.#request(this.#url, options, (response) => {
        readAnswer(response, this.#maxAnswerChars).then(resolve, reject);
      });
      request.on('error', (error) => {
        reject(signal.aborted && signal.reason instanceof Error ? signal.reason : error);
      });
      request.end(body);
    });
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(response: IncomingMessage, maxChars: number): Promise<PostAnswer> {
  response.setEncoding('utf8');
  let body = '';
  for await (const piece of response as AsyncIterable<string>) {
    if (body.length < maxChars) body += piece;
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    body: body.slice(0, maxChars),
  };
}
