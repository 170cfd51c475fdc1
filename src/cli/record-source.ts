import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import { readStoredJournals, type TrailVerifier } from '../audit/verify/index.js';
import { FailureError } from '../errors.js';
import { fetchRecords } from './collector-client.js';
import { readToken } from './token-source.js';

const PAGE = 1000;
const NEWLINE = 0x0a;

/** Where records are read from. */
export interface SourceFlags {
  /** The collector. */
  readonly url?: string;
  readonly tokenFile?: string;
}

/** What was read from. */
export type SourceKind = 'directory' | 'file' | 'collector';

/**
 * Gives a verifier all records of an audit directory, of a file of JSON lines, or of a collector.
 * @param onRecord - sees each record; its memory may be used again
 * @throws FailureError `OPTIONS_INVALID` where there is nothing to read; `COLLECTOR_FAILED`
 */
export async function readSource(
  path: string | undefined,
  flags: SourceFlags,
  verifier: TrailVerifier,
  onRecord: (record: Buffer) => void = () => undefined,
): Promise<SourceKind> {
  const take = (record: Buffer): void => {
    verifier.add(record);
    onRecord(record);
  };
  if ((path === undefined) === (flags.url === undefined))
    throw new FailureError(
      'OPTIONS_INVALID',
      'give either a path (an audit directory, or a file of JSON lines) or --url',
    );
  if (path === undefined) {
    for await (const record of collectorRecords(flags)) take(record);
    return 'collector';
  }
  const found = await stat(path).catch((cause: unknown) => {
    throw new FailureError('OPTIONS_INVALID', `${path} cannot be read`, { cause });
  });
  if (!found.isDirectory()) {
    for await (const line of fileLines(path)) take(line);
    return 'file';
  }
  if ((await readStoredJournals(path, verifier, onRecord)) === 0)
    throw new FailureError('OPTIONS_INVALID', `${path} holds no journals: all was delivered, verify the collector`);
  return 'directory';
}

async function* collectorRecords({ url = '', tokenFile }: SourceFlags): AsyncGenerator<Buffer> {
  const token = await readToken(tokenFile);
  let after = '0';
  for (;;) {
    const page = await fetchRecords({ url, token }, {}, { after, limit: PAGE });
    for (const record of page.records) yield Buffer.from(record);
    if (!page.more) return;
    after = page.next;
  }
}

/** Lines as bytes: what is not UTF-8 must not be changed on the way. */
async function* fileLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE)) {
      if (end > 0) yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
  }
  if (rest.length > 0) yield rest;
}
