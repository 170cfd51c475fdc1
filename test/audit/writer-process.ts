/**
 * A process that writes an audit trail, for tests that kill it. It says `<no> <state>` on standard output, synchronously: `intent` before the
 * statement would run, `outcome` after its outcome is on disk.
 *
 * Arguments: directory, receiver's URL or `dead`, number of statements, what to do at the end: `wait`, `exit`.
 */

import { writeSync } from 'node:fs';

import { createAuditTrail, type Transport } from '../../src/audit/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { OK, statementIntent } from './statement-samples.js';

const [directory = '', url = 'dead', count = '0', end = 'wait'] = process.argv.slice(2);
const dead: Transport = { name: 'http', send: async () => ({ status: 'retry', reason: 'down' }) };
const transport = url === 'dead' ? dead : httpTransport({ url });
const trail = await createAuditTrail({ directory, transports: [transport], batchAgeMs: 5, segmentBytes: 50_000 });
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** The pipe does not block: when the test reads too slowly, it is tried again. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

say(`ready ${trail.stats().writerId}`);
for (let no = 1; no <= Number(count); no++) {
  const ticket = trail.intent(statementIntent(no));
  trail.flush();
  say(`${no} intent`);
  if (no % 5 === 0) continue;
  trail.outcome(ticket, OK);
  if (no % 3 === 0) {
    await nextTurn();
    say(`${no} outcome`);
  }
}
if (end === 'exit') process.exit(0);
say('done');
setInterval(() => undefined, 1000);
