/** A collector in a process of its own, for tests that kill it. Arguments: directory, port. */

import { createCollector } from '../../src/collector/index.js';

const [directory = '', port = '0'] = process.argv.slice(2);
const { url } = await createCollector({ directory, port: Number(port) });
process.stdout.write(`listening ${url}\n`);
