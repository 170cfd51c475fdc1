import { isUtf8 } from 'node:buffer';

import { type IncomingRecord, readIncoming } from './incoming-record.js';
import { splitRecords } from './split-records.js';

const NEWLINE = 0x0a;
const MAX_RECORDS = 20_000;
/** Most bytes of one record. */
export const MAX_RECORD_BYTES: number = 16 * 1024 ** 2;

/** Records that came together. */
export interface RecordBatch {
  /** `{"records":[…]}`, or one record a line. */
  readonly form: 'list' | 'lines';
  /** Attacker-controlled. */
  readonly bytes: Uint8Array;
  /** Who sent it, as the collector knows them: the same for nobody else. */
  readonly sender: string;
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
  const pieces = form === 'list' ? splitRecords(body, MAX_RECORDS) : linesOf(body);
  if (pieces === undefined) return { statusCode: 400, error: 'the body must be {"records":[…]}' };
  if (pieces.length > MAX_RECORDS) return { statusCode: 422, error: `a batch has at most ${MAX_RECORDS} records` };
  const records: IncomingRecord[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (piece.length > MAX_RECORD_BYTES)
      return { statusCode: 422, error: `records[${index}]: a record has at most ${MAX_RECORD_BYTES} bytes` };
    const record = readIncoming(piece.toString());
    if (typeof record === 'string') return { statusCode: 422, error: `records[${index}]: ${record}` };
    records.push(record);
  }
  return records;
}

function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < body.length && lines.length <= MAX_RECORDS;) {
    const end = body.indexOf(NEWLINE, from);
    const to = end === -1 ? body.length : end;
    if (to > from) lines.push(body.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
