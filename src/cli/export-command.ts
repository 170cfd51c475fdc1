import { once } from 'node:events';
import { type Command, Option } from 'commander';

import { FailureError } from '../errors.js';
import { addFilterOptions, type FilterFlags, filterOf } from './filter-options.js';
import { endWithReader } from './terminal.js';
import { readToken } from './token-source.js';

interface ExportFlags extends FilterFlags {
  readonly url: string;
  readonly format: string;
  readonly text?: string;
  readonly tokenFile?: string;
}

/** Adds `countersign export`. */
export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description("write a collector's records to standard output, the oldest first")
    .requiredOption('--url <url>', 'the collector, for example http://127.0.0.1:7070')
    .addOption(new Option('--format <form>', 'how they are written').choices(['jsonl', 'csv', 'ocsf']).default('jsonl'))
    .option('--text <words>', 'with these words in the statement, its parameters, the error or the reason')
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)');
  addFilterOptions(command).action(runExport);
}

async function runExport(flags: ExportFlags): Promise<void> {
  endWithReader();
  if (!URL.canParse(flags.url)) throw new FailureError('OPTIONS_INVALID', `--url: ${flags.url} is not a URL`);
  const url = new URL('/v1/export', flags.url);
  const { rows, ...filter } = filterOf(flags);
  const query = { ...filter, rows: rows === undefined ? undefined : String(rows), format: flags.format };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const token = await readToken(flags.tokenFile);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(url, { headers, redirect: 'error' });
    if (!response.ok || response.body === null) {
      const text = `the collector at ${url.origin} answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
      throw new FailureError('COLLECTOR_FAILED', text);
    }
    for await (const chunk of response.body as AsyncIterable<Uint8Array>)
      if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  } catch (cause) {
    if (cause instanceof FailureError) throw cause;
    const text = `the export from ${url.origin} broke off: what was written is not all`;
    throw new FailureError('COLLECTOR_FAILED', text, { cause });
  }
}
