/**
 * A SIEM that takes syslog: a real rsyslog receives the records of an unmodified program over TLS, and what it wrote is shown.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { play } from '../stage/play.js';
import { runUnmodified } from '../stage/run-unmodified.js';
import { heading, say, step } from '../stage/screen.js';
import { setUpGround } from '../stage/stage.js';
import { type Rsyslog, startRsyslog } from './start-rsyslog.js';

/** That a batch was read does not mean that it was written: syslog has no acknowledgement. */
async function statementsOf({ lines }: Rsyslog, count: number): Promise<string[]> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const found = lines().filter((line) => line.includes(' statement ['));
    if (found.length === count) return found;
    await setTimeout(50);
  }
  throw new Error(`rsyslog wrote ${lines().length} lines, not those of ${count} statements:\n${lines().join('\n')}`);
}

async function main(): Promise<void> {
  const ground = await setUpGround();
  const rsyslog = await startRsyslog();
  step(`rsyslog: TLS on port ${rsyslog.port}`);

  heading('node --import countersign/register agent.ts');
  await runUnmodified(ground, new URL('countersign.config.ts', import.meta.url), {
    SYSLOG_HOST: '127.0.0.1',
    SYSLOG_PORT: String(rsyslog.port),
    SYSLOG_CA: rsyslog.certificateFile,
    SYSLOG_CERTIFICATE: rsyslog.certificateFile,
    SYSLOG_KEY: rsyslog.keyFile,
  });

  heading('What rsyslog wrote of the two statements');
  const written = await statementsOf(rsyslog, 2);
  for (const line of written) say(line);
  const refused = written.filter((line) => line.startsWith('<108>1 ') && line.includes(' effect="deny" '));
  if (refused.length !== 1) throw new Error(`${refused.length} of them are warnings of a refusal`);
}

await play(main);
