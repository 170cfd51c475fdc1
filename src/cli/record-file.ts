import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

import { type IncomingRecord, readIncoming } from '../collector/ingest/incoming-record.js';
import { type SessionTally, tallySessions } from '../collector/store/session-tally.js';
import { FailureError } from '../errors.js';
import type { SessionFilter, SessionSummary } from './collector-client.js';
import type { SessionSource } from './session-source.js';
import { inStatementOrder } from './statement-order.js';

/** Longer lines are no records: a statement's text is cut in its record. */
const MAX_LINE_BYTES = 64 * 1024 ** 2;
const LINE_FEED = 0x0a;

/** A line of the file, and where it begins. */
interface Line {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Where a record stands, and its place among those of its writers. */
interface Place {
  readonly offset: number;
  readonly length: number;
  readonly writerId: string;
  readonly writerSeq: number;
}

/**
 * Sessions of a file of records, one JSON object a line, in whatever order, and some of them more than once. A session is read twice: for where
 * its records stand, which is kept, and in order.
 */
export function openRecordFile(path: string): SessionSource {
  return {
    sessions: async (filter) => listSessions(path, filter),
    records: (session) => inStatementOrder(readSession(path, session)),
  };
}

async function listSessions(path: string, filter: SessionFilter): Promise<readonly SessionSummary[]> {
  const tallies = new Map<string, SessionTally>();
  const seen = new Set<string>();
  for await (const { record } of readRecords(path)) {
    if (seen.has(record.id)) continue;
    seen.add(record.id);
    tallySessions([record], tallies);
  }
  const { agent, task, since, limit } = filter;
  const fits = ({ agents, tasks, ended }: SessionTally): boolean =>
    (agent === undefined || agents.has(agent)) &&
    (task === undefined || tasks.has(task)) &&
    (since === undefined || (ended !== null && ended >= since));
  const found = [...tallies.values()].filter(fits).sort((a, b) => compare(a.started ?? '', b.started ?? ''));
  return found.slice(-limit).map((tally) => ({ ...tally, agents: [...tally.agents], tasks: [...tally.tasks] }));
}

async function* readSession(path: string, session: string): AsyncGenerator<string> {
  const places = new Map<string, Place>();
  for await (const { record, line } of readRecords(path)) {
    if (record.session !== session || places.has(record.id)) continue;
    const { writerId, writerSeq } = record;
    const place = { offset: line.offset, length: line.bytes.length };
    places.set(record.id, { ...place, writerId: writerId ?? '', writerSeq: writerSeq ?? 0 });
  }
  const ordered = [...places.values()].sort(
    (a, b) => compare(a.writerId, b.writerId) || a.writerSeq - b.writerSeq || a.offset - b.offset,
  );
  if (ordered.length === 0) return;
  const file = await open(path);
  try {
    for (const place of ordered) yield await readPlace(file, place);
  } finally {
    await file.close();
  }
}

async function readPlace(file: FileHandle, { offset, length }: Place): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead < length) throw new FailureError('OPTIONS_INVALID', 'the file of --file was cut while it was read');
  return buffer.toString();
}

/** @throws FailureError `OPTIONS_INVALID` where the file cannot be read, or a line is no record */
async function* readRecords(path: string): AsyncGenerator<{ record: IncomingRecord; line: Line }> {
  let no = 0;
  for await (const line of readLines(path)) {
    no += 1;
    const json = line.bytes.toString();
    if (json.trim() === '') continue;
    const record = readIncoming(json);
    if (typeof record === 'string') throw new FailureError('OPTIONS_INVALID', `${path}, line ${no}: ${record}`);
    yield { record, line };
  }
}

async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of chunksOf(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      yield { offset: offset + start, bytes: bytes.subarray(start, end) };
      start = end + 1;
    }
    offset += start;
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) throw new FailureError('OPTIONS_INVALID', `${path} has a line that never ends`);
  }
  if (rest.length > 0) yield { offset, bytes: rest };
}

async function* chunksOf(path: string): AsyncGenerator<Buffer<ArrayBuffer>> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) yield chunk as Buffer<ArrayBuffer>;
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${path} cannot be read`, { cause });
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
