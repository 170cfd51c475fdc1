import { isUtf8 } from 'node:buffer';

import { type IncomingRecord, readIncoming } from './incoming-record.js';
import { splitRecords } from './split-records.js';

/** Records that came together. */
export interface RecordBatch {
  /** `{"records":[…]}`, or one record a line. */
  readonly form: 'list' | 'lines';
  /** Attacker-controlled. */
  readonly bytes: Uint8Array;
}

/** Why a batch was not taken: nothing of it is kept. */
export interface BatchProblem {
  readonly statusCode: 400 | 422;
  readonly error: string;
}

/** Reads the records of a batch: all of them, or what is wrong. */
export function readBatch({ form, bytes }: RecordBatch): readonly IncomingRecord[] | BatchProblem {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(body)) return { statusCode: 400, error: 'the body is not UTF-8' };
  const pieces = form === 'list' ? splitRecords(body)?.map(String) : linesOf(body);
  if (pieces === undefined) return { statusCode: 400, error: 'the body must be {"records":[…]}' };
  const records: IncomingRecord[] = [];
  for (const [index, piece] of pieces.entries()) {
    const record = readIncoming(piece);
    if (typeof record === 'string') return { statusCode: 422, error: `records[${index}]: ${record}` };
    records.push(record);
  }
  return records;
}

function linesOf(body: Buffer): string[] {
  return body
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}
