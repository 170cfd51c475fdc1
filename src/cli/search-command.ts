import type { Command } from 'commander';

import type { RecordFilter } from '../collector/store/record-store.js';
import { printableJson } from '../printable.js';
import { type CollectorAddress, fetchRecords } from './collector-client.js';
import { addFilterOptions, type FilterFlags, filterOf } from './filter-options.js';
import { formatRecord } from './format-record.js';
import { parseCount } from './parse-count.js';
import { recordTable } from './record-table.js';
import { endWithReader, painter, showsColour, writeLine } from './terminal.js';
import { readToken } from './token-source.js';

const PAGE = 1000;
const MAX_WIDTH = 240;
/** Of what is no terminal. */
const WIDTH = 160;

interface SearchFlags extends FilterFlags {
  readonly url: string;
  readonly limit: number;
  readonly oldest?: boolean;
  readonly long?: boolean;
  readonly json?: boolean;
  readonly tokenFile?: string;
}

/** Adds `countersign search`. */
export function addSearchCommand(program: Command): void {
  const command = program
    .command('search')
    .description('find records in a collector, the newest first')
    .argument(
      '[words...]',
      'that stand in the statement, its parameters, the error or the reason; word* for how one begins',
    )
    .requiredOption('--url <url>', 'the collector, for example http://127.0.0.1:7070')
    .option('-n, --limit <number>', 'at most so many', parseCount, 50)
    .option('--oldest', 'the oldest first')
    .option('--long', 'all of a statement, below who and how')
    .option('--json', 'the records as they are, one a line')
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)');
  addFilterOptions(command).action((words: readonly string[], flags: SearchFlags) => runSearch(words, flags));
}

async function runSearch(words: readonly string[], flags: SearchFlags): Promise<void> {
  endWithReader();
  const address = { url: flags.url, token: await readToken(flags.tokenFile) };
  const filter = { ...filterOf(flags), ...(words.length > 0 && { text: words.join(' ') }) };
  const order = flags.oldest === true ? 'asc' : 'desc';
  const colour = showsColour();
  const { isTTY, columns } = process.stdout;
  const table = recordTable(Math.min(isTTY ? columns : WIDTH, MAX_WIDTH), painter(colour));
  const show = (record: string): string => {
    if (flags.json === true) return isTTY ? printableJson(record) : record;
    return flags.long === true ? formatRecord(JSON.parse(record), { colour }) : table.row(JSON.parse(record));
  };
  let found = 0;
  for await (const record of recordsOf(address, filter, order, flags.limit)) {
    if (found === 0 && flags.json !== true && flags.long !== true) await writeLine(table.head);
    await writeLine(show(record));
    found += 1;
  }
  if (found === 0) process.stderr.write('no record fits\n');
}

async function* recordsOf(
  address: CollectorAddress,
  filter: RecordFilter,
  order: 'asc' | 'desc',
  limit: number,
): AsyncGenerator<string> {
  let after: string | undefined;
  for (let left = limit; left > 0;) {
    const page = await fetchRecords(address, filter, { after, order, limit: Math.min(left, PAGE) });
    yield* page.records;
    left -= page.records.length;
    after = page.next;
    if (!page.more) return;
  }
}
