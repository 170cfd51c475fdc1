/**
 * The thread of the least that has to be done: reads the lines, makes a record of a kilobyte of each pair, hashes it, compresses a batch and posts it.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';

/** What it is to do. */
export interface LeastOrder {
  readonly path: string;
  readonly receiver: string;
  /** Of both lines of a statement. */
  readonly linesBytes: number;
}

/** How much the receiver has. */
export interface LeastReport {
  /** Bytes of lines. */
  readonly delivered: number;
}

const BATCH_RECORDS = 1_000;
const RECORD_BYTES = 1_000;
const BATCH_AGE_MS = 50;

const { path, receiver, linesBytes } = workerData as LeastOrder;
const fd = openSync(path, 'r');
process.once('exit', () => closeSync(fd));
const agent = new Agent({ keepAlive: true });
const lines = Buffer.alloc(BATCH_RECORDS * linesBytes);
const batch = Buffer.alloc(BATCH_RECORDS * RECORD_BYTES);
const sample = Buffer.from(
  `{"v":1,"agent":{"subject":"agent-anna"},"statement":{"text":"SELECT"},"some":"${'x'.repeat(900)}"}`,
);
let [delivered, hash] = [0, ''];
for (;;) {
  const bytes = readSync(fd, lines, 0, lines.length, delivered);
  if (bytes === 0) {
    await setTimeout(BATCH_AGE_MS);
    continue;
  }
  const records = Math.ceil(bytes / linesBytes);
  for (let no = 0; no < records; no += 1) addRecord(no);
  await post(gzipSync(batch.subarray(0, records * RECORD_BYTES), { level: 1 }));
  delivered += bytes;
  parentPort?.postMessage({ delivered } satisfies LeastReport);
}

function addRecord(no: number): void {
  const start = no * RECORD_BYTES;
  const end = Math.min(start + RECORD_BYTES, start + sample.copy(batch, start));
  // What differs from record to record: ids, times, the hash of the one before.
  batch.write(`${String(delivered + no)}${hash}${String(Date.now())}`, start + 100, 'latin1');
  hash = createHash('sha256').update(batch.subarray(start, end)).digest('base64url');
}

function post(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': String(body.length) };
    const asked = request(receiver, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', resolve);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
