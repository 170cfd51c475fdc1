import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

import { afterThisTest } from '../audit/trail-fixtures.js';

/** A request that a receiver got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: string;
}

/** What a receiver answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Listens on a free port of the loopback interface until the test ends. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterThisTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Reads a request to its end. */
export async function readRequest(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return { path: request.url ?? '', headers: request.headers, body: body.toString() };
}

/** A receiver on a real socket that answers as the function says. */
export async function startReceiver(
  answer: (request: Received) => Answer,
): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      received.push(read);
      const { status, body, headers } = answer(read);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
    });
  });
  return { url: `http://127.0.0.1:${String(await listen(server))}`, received };
}

/** A batch of JSON records. */
export function batchOf(...records: object[]): { id: string; records: Buffer[] } {
  return { id: 'w-1-1', records: records.map((record) => Buffer.from(JSON.stringify(record))) };
}

/** A signal that is never aborted. */
export const calm: AbortSignal = new AbortController().signal;
