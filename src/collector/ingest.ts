import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { readIncoming, type IncomingRecord } from './incoming-record.js';
import { splitRecords } from './split-records.js';

const decompress = promisify(gunzip);

/** Why a body was not taken, as an HTTP answer. */
export interface IngestProblem {
  readonly statusCode: 400 | 413 | 415 | 422;
  readonly error: string;
}

/**
 * Reads a body of records.
 * @param body - attacker-controlled
 * @param encoding - the Content-Encoding header
 * @param maxBytes - most bytes after decompression
 */
export async function readBody(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<readonly IncomingRecord[] | IngestProblem> {
  const plain = await decode(body, encoding, maxBytes);
  if (!Buffer.isBuffer(plain)) return plain;
  if (!isUtf8(plain)) return { statusCode: 400, error: 'the body is not UTF-8' };
  const pieces = splitRecords(plain);
  if (pieces === undefined) return { statusCode: 400, error: 'the body must be {"records":[…]}' };
  const records: IncomingRecord[] = [];
  for (const [index, piece] of pieces.entries()) {
    const record = readIncoming(piece.toString());
    if (typeof record === 'string') return { statusCode: 422, error: `records[${index}]: ${record}` };
    records.push(record);
  }
  return records;
}

async function decode(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer | IngestProblem> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    return { statusCode: 415, error: `content-encoding ${encoding} is not understood; use gzip` };
  try {
    return await decompress(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { statusCode: 413, error: `the body is larger than ${maxBytes} bytes when decompressed` };
    }
    return { statusCode: 400, error: 'the body is not gzip' };
  }
}
