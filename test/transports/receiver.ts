import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterThisTest } from '../audit/trail-fixtures.js';
import { type Answer, type Received, recordingServer } from './recording-server.js';

export { type Answer, type Received } from './recording-server.js';

/** Listens on a free port of the loopback interface until the test ends. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterThisTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A receiver on a real socket that answers as the function says. */
export async function startReceiver(
  answer: (request: Received) => Answer,
): Promise<{ readonly url: string; readonly received: Received[] }> {
  const { server, received } = recordingServer(answer);
  return { url: `http://127.0.0.1:${String(await listen(server))}`, received };
}

/** A batch of JSON records. */
export function batchOf(...records: object[]): { id: string; records: Buffer[] } {
  return { id: 'w-1-1', records: records.map((record) => Buffer.from(JSON.stringify(record))) };
}

/** A signal that is never aborted. */
export const calm: AbortSignal = new AbortController().signal;
