import type { Command } from 'commander';
import { pino } from 'pino';

import { createCollector } from '../collector/index.js';
import { parseCount } from './parse-count.js';
import { stopSignal } from './stop-signal.js';
import { readToken } from './token-source.js';

interface CollectorFlags {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly tokenFile?: string;
}

/** Adds `countersign collector`. */
export function addCollectorCommand(program: Command): void {
  program
    .command('collector')
    .description('receive audit records and keep them')
    .requiredOption('--dir <directory>', 'where the records are kept')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', parseCount, 7070)
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)')
    .action(runCollector);
}

async function runCollector(flags: CollectorFlags): Promise<void> {
  const token = await readToken(flags.tokenFile);
  const collector = await createCollector({
    directory: flags.dir,
    host: flags.host,
    port: flags.port,
    logger: pino({ name: 'countersign-collector', level: 'warn' }, pino.destination(2)),
    ...(token !== undefined && { tokens: [token] }),
  });
  process.stdout.write(`countersign collector listening on ${collector.url}\n`);
  await stopSignal();
  await collector.close();
}
