import { hash } from 'node:crypto';

import type { DeliveryCursor } from '../delivery-cursor.js';
import { isHeadDefinition, JournalLineView, lineEnd } from '../journal-line.js';
import { JournalReader, type JournalChunk } from './journal-reader.js';
import type { JournalPosition, ReadableSegments } from '../journal-segments.js';
import { RecordSlab } from './record-slab.js';
import type { TreeFrontier } from '../seal/merkle-tree.js';

/** Records merged from a journal, and the cursor after them. */
export interface StreamBatch {
  /** Each one record's JSON, written over by the next batch. May be empty, when there are only intents so far. */
  readonly records: readonly Buffer[];
  /** Lines that are no lines of a journal. */
  readonly damaged: readonly Buffer[];
  /** Number of the first record. */
  readonly firstSeq: number;
  readonly cursor: DeliveryCursor;
  /** Whether a limit was met: there may be more. */
  readonly full: boolean;
}

/** Gives the records of a journal, batch by batch. */
export interface RecordSource {
  /**
   * The next records, up to the limits or the end of what is written.
   * @throws the file system's error
   */
  next(limits: BatchLimits): Promise<StreamBatch>;
  /** Frees what it holds. */
  close(): Promise<void>;
}

/** Keeps the Merkle tree over the records that a stream makes. */
export interface RecordTree {
  /** @param prefixed - one byte that is free, and the record */
  add(seq: number, prefixed: Buffer, isCheckpoint: boolean): void;
  frontier(): TreeFrontier;
}

/** Bounds of a batch. */
export interface BatchLimits {
  readonly maxRecords: number;
  /** Bytes of all records together; one record may be larger. */
  readonly maxBytes: number;
}

/** The record of an intent without an outcome: where its line stands in the journal, and its parts in memory. */
interface OpenIntent extends JournalPosition {
  bytes: Buffer;
  start: number;
  writerAt: number;
  tailAt: number;
  shapeAt: number;
  end: number;
  /** What its line refers to; undefined where the line is whole. */
  readonly references: References | undefined;
}

interface References {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly shape: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** What the writer has added in the meantime can wait for the next batch, where it is less: reading it costs a turn of the thread pool. */
const WORTHWHILE_BYTES = 64 * 1024;

/** Bytes of a record beyond its parts in the journal: the `writer` member, `outcome`, braces. */
const MAX_FRAME_BYTES = 256;

/**
 * Merges intents with their outcomes, in the order of the outcomes, and chains the records. The same journal gives the same records
 * each time: which of them were sent before a crash does not matter.
 */
export class RecordStream implements RecordSource {
  readonly #segments: ReadableSegments;
  readonly #tree: RecordTree;
  readonly #reader: JournalReader;
  /** `,"writer":{"id":"…","seq":`. */
  readonly #writerStart: string;
  readonly #resume: JournalPosition;
  readonly #open = new Map<number, OpenIntent>();
  /** Of the segment that is being read. */
  readonly #definitions = new Map<number, Buffer>();
  #definedIn: number;
  /** Where definitions stand that were read before: before this byte of the first segment. */
  #definedBefore: number;
  readonly #line = new JournalLineView();
  readonly #slab: RecordSlab;
  #chunk: JournalChunk | undefined;
  #chunkUsed = 0;
  /** What ends before this byte of this segment has been taken. */
  #segment: number;
  #offset: number;
  #seq: number;
  #prev: string | undefined;

  constructor(
    segments: ReadableSegments,
    cursor: DeliveryCursor,
    tree: RecordTree,
    slab: RecordSlab = new RecordSlab(),
  ) {
    this.#segments = segments;
    this.#tree = tree;
    this.#slab = slab;
    this.#definedIn = cursor.segment;
    this.#definedBefore = cursor.low;
    this.#reader = new JournalReader(segments, { segment: cursor.segment, offset: cursor.low });
    this.#writerStart = `,"writer":{"id":"${segments.place.writerId}","seq":`;
    this.#resume = { segment: cursor.segment, offset: cursor.offset };
    this.#segment = cursor.segment;
    this.#offset = cursor.offset;
    this.#seq = cursor.seq;
    this.#prev = cursor.prev;
    for (const carried of cursor.carried) {
      const bytes = Buffer.from(carried);
      if (this.#line.read(bytes, 0, bytes.length).kind === 'intent') {
        this.#open.set(this.#line.ticket, this.#intentOf(bytes, 0, 0, undefined));
      }
    }
  }

  async next(limits: BatchLimits): Promise<StreamBatch> {
    const records: Buffer[] = [];
    const damaged: Buffer[] = [];
    const firstSeq = this.#seq + 1;
    this.#slab.reset();
    let bytes = 0;
    let full = false;
    while (!full) {
      this.#chunk ??= await this.#nextChunk(records.length === 0 ? 1 : WORTHWHILE_BYTES);
      if (this.#chunk === undefined) break;
      const record = this.#nextLine(this.#chunk, damaged);
      if (record === undefined) continue;
      records.push(record);
      bytes += record.length;
      full = records.length >= limits.maxRecords || bytes >= limits.maxBytes;
    }
    return { records, damaged, firstSeq, cursor: this.#cursor(), full };
  }

  /** Closes the journal's file. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  async #nextChunk(atLeast: number): Promise<JournalChunk | undefined> {
    this.#chunkUsed = 0;
    if (this.#definedBefore > 0) await this.#readDefinitions();
    const chunk = await this.#reader.next(atLeast);
    if (chunk !== undefined && chunk.segment !== this.#definedIn) {
      this.#definitions.clear();
      this.#definedIn = chunk.segment;
    }
    return chunk;
  }

  /** Reads the definitions before the place where this stream begins. */
  async #readDefinitions(): Promise<void> {
    const segment = this.#definedIn;
    const reader = new JournalReader(this.#segments, { segment, offset: 0 });
    try {
      for (let at = 0; at < this.#definedBefore;) {
        const chunk = await reader.next();
        if (chunk?.segment !== segment) break;
        const { bytes, offset } = chunk;
        for (let start = 0, end = lineEnd(bytes, 0); end !== -1; start = end + 1, end = lineEnd(bytes, start)) {
          if (this.#line.read(bytes, start, end).kind === 'definition') this.#keepDefinition(bytes);
        }
        at = offset + bytes.length;
      }
      this.#definedBefore = 0;
    } finally {
      await reader.close();
    }
  }

  /** The definition that was just looked at. */
  #keepDefinition(bytes: Buffer): void {
    const { ticket, bodyStart, bodyEnd } = this.#line;
    this.#definitions.set(ticket, Buffer.from(bytes.subarray(bodyStart, bodyEnd)));
  }

  /** What the intent that was just looked at refers to; undefined where that is not there. */
  #referencesOf({ head, tail, shape }: JournalLineView): References | undefined {
    const heads = this.#definitions.get(head);
    const tails = tail === 0 ? NOTHING : this.#definitions.get(tail);
    const shapes = shape === 0 ? NOTHING : this.#definitions.get(shape);
    if (heads === undefined || !isHeadDefinition(heads) || tails === undefined || shapes === undefined)
      return undefined;
    return { head: heads, tail: tails, shape: shapes };
  }

  /** Takes one line. Returns the record that it completes, where it does. */
  #nextLine(chunk: JournalChunk, damaged: Buffer[]): Buffer | undefined {
    const start = this.#chunkUsed;
    const end = lineEnd(chunk.bytes, start);
    this.#chunkUsed = end + 1;
    this.#segment = chunk.segment;
    this.#offset = chunk.offset + end + 1;
    const record = this.#merge(chunk, start, end, damaged);
    if (this.#chunkUsed === chunk.bytes.length) {
      this.#chunk = undefined;
      this.#keepOpenIntents(chunk.bytes);
    }
    return record;
  }

  /** An intent that stays open must not keep a whole chunk in memory. */
  #keepOpenIntents(bytes: Buffer): void {
    for (const intent of this.#open.values()) {
      if (intent.bytes !== bytes) continue;
      intent.bytes = Buffer.from(bytes.subarray(intent.start, intent.end));
      intent.writerAt -= intent.start;
      intent.tailAt -= intent.start;
      intent.shapeAt -= intent.start;
      intent.end -= intent.start;
      intent.start = 0;
    }
  }

  /** The intent that was just looked at. */
  #intentOf(bytes: Buffer, segment: number, offset: number, references: References | undefined): OpenIntent {
    const { bodyStart: start, writerAt, tailAt, shapeAt, bodyEnd: end } = this.#line;
    return { segment, offset, bytes, start, writerAt, tailAt, shapeAt, end, references };
  }

  #merge(chunk: JournalChunk, start: number, end: number, damaged: Buffer[]): Buffer | undefined {
    const { bytes, segment, offset } = chunk;
    const { kind, ticket } = this.#line.read(bytes, start, end);
    switch (kind) {
      case 'definition':
        this.#keepDefinition(bytes);
        return undefined;
      case 'intent': {
        const references = this.#line.head === 0 ? undefined : this.#referencesOf(this.#line);
        if (this.#line.head !== 0 && references === undefined) return this.#setAside(bytes, start, end, damaged);
        this.#open.set(ticket, this.#intentOf(bytes, segment, offset + start, references));
        return undefined;
      }
      case 'outcome': {
        const intent = this.#open.get(ticket);
        if (intent === undefined) return undefined;
        this.#open.delete(ticket);
        return this.#isNew() ? this.#emit(intent, bytes) : undefined;
      }
      case 'record':
        return this.#isNew() ? this.#emit(this.#intentOf(bytes, segment, offset, undefined), undefined) : undefined;
      case 'damaged':
        return this.#setAside(bytes, start, end, damaged);
    }
  }

  #setAside(bytes: Buffer, start: number, end: number, damaged: Buffer[]): undefined {
    if (this.#isNew()) damaged.push(Buffer.from(bytes.subarray(start, end)));
  }

  #isNew(): boolean {
    return this.#segment !== this.#resume.segment || this.#offset > this.#resume.offset;
  }

  /** Writes a record from its parts, the outcome being in the line that was just looked at; numbers it and chains it. */
  #emit(body: OpenIntent, outcome: Buffer | undefined): Buffer {
    const slab = this.#slab;
    const { bodyStart, bodyEnd } = this.#line;
    this.#seq++;
    slab.begin(maxBytesOf(body) + bodyEnd - bodyStart);
    slab.text('{');
    slab.copy(body.bytes, body.start, body.writerAt);
    slab.text(this.#writerStart);
    slab.integer(this.#seq);
    if (this.#prev !== undefined) {
      slab.text(',"prev":"');
      slab.text(this.#prev);
      slab.text('"');
    }
    slab.text('}');
    writeRest(slab, body);
    if (outcome === undefined) slab.text('}');
    else {
      slab.text(',"outcome":{');
      slab.copy(outcome, bodyStart, bodyEnd);
      slab.text('}}');
    }
    const record = slab.end();
    this.#prev = hash('sha256', record, 'base64url');
    this.#tree.add(this.#seq, slab.prefixed(), outcome === undefined && this.#line.isCheckpoint);
    return record;
  }

  #cursor(): DeliveryCursor {
    const segment = this.#segment;
    const offset = this.#offset;
    const carried: string[] = [];
    let low = offset;
    for (const [ticket, intent] of this.#open) {
      if (intent.segment < segment) carried.push(`{"intent":${ticket},${wholeMembers(intent)}}`);
      else if (intent.offset < low) low = intent.offset;
    }
    return { segment, offset, low, seq: this.#seq, prev: this.#prev, tree: this.#tree.frontier(), carried };
  }
}

function maxBytesOf({ start, end, references }: OpenIntent): number {
  const referred =
    references === undefined ? 0 : references.head.length + references.tail.length + references.shape.length;
  return MAX_FRAME_BYTES + end - start + referred;
}

/** Writes what follows the `writer` member of a record, with what its intent refers to in its places. */
function writeRest(slab: RecordSlab, intent: OpenIntent): void {
  const { bytes, writerAt, tailAt, shapeAt, end, references } = intent;
  if (references === undefined) {
    slab.copy(bytes, writerAt, end);
    return;
  }
  const { head, tail, shape } = references;
  slab.text(',');
  slab.copy(head, 0, head.length - 1); // its session is closed there, and open here
  slab.copy(bytes, writerAt, tailAt);
  slab.text('}');
  writeMembers(slab, tail);
  slab.copy(bytes, tailAt, shapeAt);
  writeMembers(slab, shape);
  slab.copy(bytes, shapeAt, end);
}

function writeMembers(slab: RecordSlab, members: Buffer): void {
  if (members.length === 0) return;
  slab.text(',');
  slab.copy(members, 0, members.length);
}

/** The members of an intent, with what it refers to. */
function wholeMembers(intent: OpenIntent): string {
  const slab = new RecordSlab();
  slab.begin(maxBytesOf(intent));
  slab.copy(intent.bytes, intent.start, intent.writerAt);
  writeRest(slab, intent);
  return slab.end().toString();
}
