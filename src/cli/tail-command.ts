import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';

import type { RecordFilter } from '../collector/store/record-store.js';
import { messageOf } from '../message-of.js';
import { type CollectorAddress, fetchNewest, fetchRecords } from './collector-client.js';
import { addFilterOptions, type FilterFlags, filterOf } from './filter-options.js';
import { formatRecord } from './format-record.js';
import { parseCount } from './parse-count.js';
import { printableJson } from '../printable.js';
import { endWithReader, showsColour } from './terminal.js';
import { readToken } from './token-source.js';

const POLL_MS = 500;
const PAGE = 1000;

interface TailFlags extends FilterFlags {
  readonly url: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly lines: number;
  readonly tokenFile?: string;
}

/** Adds `countersign tail`. */
export function addTailCommand(program: Command): void {
  const command = program
    .command('tail')
    .description("show a collector's newest records")
    .requiredOption('--url <url>', 'the collector, for example http://127.0.0.1:7070')
    .option('-f, --follow', 'go on with records as they come')
    .option('-n, --lines <number>', `how many of the newest to begin with, at most ${PAGE}`, parseCount, 20)
    .option('--json', 'the records as they are, one a line')
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)')
    .action(runTail);
  addFilterOptions(command);
}

async function runTail(flags: TailFlags): Promise<void> {
  endWithReader();
  const token = await readToken(flags.tokenFile);
  const address: CollectorAddress = { url: flags.url, token };
  const filter = filterOf(flags);
  // Without a line to begin with, the place to go on from is still asked for.
  const first = await fetchNewest(address, filter, Math.min(Math.max(flags.lines, 1), PAGE));
  if (flags.lines > 0) print(first.records, flags.json === true);
  if (flags.follow === true) await follow(address, filter, first.head, flags.json === true);
}

async function follow(address: CollectorAddress, filter: RecordFilter, from: string, json: boolean): Promise<never> {
  let after = from;
  let reported = false;
  for (;;) {
    try {
      const page = await fetchRecords(address, filter, { after, limit: PAGE });
      print(page.records, json);
      after = page.next;
      reported = false;
      if (page.more) continue;
    } catch (error) {
      if (!reported) process.stderr.write(`${messageOf(error)}; trying again\n`);
      reported = true;
    }
    await delay(POLL_MS);
  }
}

/** The bytes of a record matter to who checks them: they are changed for a terminal only. */
function print(records: readonly string[], json: boolean): void {
  const { stdout } = process;
  const colour = showsColour();
  const show = json
    ? (record: string) => (stdout.isTTY ? printableJson(record) : record)
    : (record: string) => formatRecord(JSON.parse(record), { colour });
  for (const record of records) stdout.write(`${show(record)}\n`);
}
