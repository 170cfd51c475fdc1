/**
 * The receiver of the bench, a process of its own: it reads what is posted, says that it has it, and does nothing else. A collector has a
 * machine of its own; on this one its work would be charged to whoever shares the processor's caches with it.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  request.resume().once('end', () => response.end('{}'));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
await once(process, 'disconnect');
server.close();
server.closeAllConnections();
