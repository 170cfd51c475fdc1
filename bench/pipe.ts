/** A bare pipe between a client and a database: what any proxy in Node costs at least. */
import { connect, createServer } from 'node:net';
import { answerMemory } from './resident-memory.js';

const [host = '127.0.0.1', port = '3306'] = process.argv.slice(2);
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host, port: Number(port), noDelay: true });
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
answerMemory();
process.once('disconnect', () => process.exit());
