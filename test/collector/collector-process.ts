/** A collector in a process of its own, for tests that kill it. Arguments: directory, port, a server of NATS. */

import { createCollector } from '../../src/collector/index.js';

const [directory = '', port = '0', servers] = process.argv.slice(2);
const nats = servers === undefined ? undefined : { servers, stream: 'AUDIT' };
const { url } = await createCollector({ directory, port: Number(port), nats });
process.stdout.write(`listening ${url}\n`);
