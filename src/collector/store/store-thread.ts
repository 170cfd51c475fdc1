/** The threads of a store: what is asked of them comes as messages, and is answered in its turn. */
import { workerData } from 'node:worker_threads';

import { serveThread } from '../../threads/serve-thread.js';
import { serveStore, type StorePart } from './store-calls.js';

serveThread(() => serveStore(workerData as StorePart));
