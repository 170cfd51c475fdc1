/** HTTP receivers that take requests as they come, compressed ones too. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listen } from './receiver.js';

/** What a receiver says to a request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request that a receiver has got. */
export interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A receiver that gives one answer to everything, or one that depends on the request; `undefined` hangs up. */
export async function startReceiver(
  answer: Answer | undefined | ((request: Received) => Answer),
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      const got = { url, headers, body: Buffer.concat(chunks) };
      received.push(got);
      const said = typeof answer === 'function' ? answer(got) : answer;
      if (said === undefined) request.socket.destroy();
      else response.writeHead(said.status, said.headers).end(said.body);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}/v1/records`, received };
}

/** A receiver that never answers. */
export async function startSilent(): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(() => undefined))}/`;
}

/** The texts of the records in a body of `{"records":[…]}`: what stands between the commas, not what a parser makes of it. */
export function recordTexts(body: string): string[] {
  const inner = body.slice('{"records":['.length, -']}'.length);
  return inner.split(/,(?=\{"v":1,)/);
}
