/** The threads of a store: what is asked of them comes as messages, and is answered in its turn. */
import { parentPort, workerData } from 'node:worker_threads';

import { messageOf } from '../../message-of.js';
import { serveStore, type StoreAnswer, type StoreCall, type StorePart } from './store-calls.js';

if (parentPort !== null) {
  const port = parentPort;
  const answer = (message: StoreAnswer): void => port.postMessage(message);
  try {
    const part = serveStore(workerData as StorePart, answer);
    port.on('message', (call: StoreCall) => part.take(call));
    answer({ no: 0, value: undefined });
  } catch (error) {
    answer({ no: 0, error: messageOf(error) });
  }
}
