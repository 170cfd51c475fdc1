/** An HTTP server that keeps what it was sent, for tests and examples. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';

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

/** Reads a request to its end. */
async function readRequest(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return { path: request.url ?? '', headers: request.headers, body: body.toString() };
}

/** A server that answers as the function says, and keeps what it got. It does not listen yet. */
export function recordingServer(answer: (request: Received) => Answer): {
  readonly server: Server;
  readonly received: Received[];
} {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      received.push(read);
      const { status, body, headers } = answer(read);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
    });
  });
  return { server, received };
}
