import { type Command, Option } from 'commander';

import { FailureError } from '../errors.js';
import { fetchRecords, fetchSessions } from './collector-client.js';
import { openRecordFile } from './record-file.js';
import type { SessionSource } from './session-source.js';
import { inStatementOrder } from './statement-order.js';
import { readToken } from './token-source.js';

/** Records that are asked for at a time: each may be as long as a statement. */
const PAGE = 200;

/** Flags of {@link addSourceOptions}. */
export interface SourceFlags {
  readonly url?: string;
  readonly file?: string;
  readonly tokenFile?: string;
}

/** Adds the options that say where sessions are read from. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the collector, for example http://127.0.0.1:7070')
    .addOption(new Option('--file <file>', 'records, one JSON object a line, in its place').conflicts('url'))
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)');
}

/**
 * The source that the command line names.
 * @throws FailureError `OPTIONS_INVALID` where it names none
 */
export async function openSource({ url, file, tokenFile }: SourceFlags): Promise<SessionSource> {
  if (file !== undefined) return openRecordFile(file);
  if (url === undefined) {
    throw new FailureError('OPTIONS_INVALID', 'say where the records are: --url of a collector, or --file');
  }
  const address = { url, token: await readToken(tokenFile) };
  return {
    sessions: (filter) => fetchSessions(address, filter),
    records: (session) => inStatementOrder(pages(address, session)),
  };
}

async function* pages(address: { url: string; token: string | undefined }, session: string): AsyncGenerator<string> {
  for (let after = '0'; ;) {
    const page = await fetchRecords(address, { session }, { after, limit: PAGE });
    yield* page.records;
    if (!page.more) return;
    after = page.next;
  }
}
