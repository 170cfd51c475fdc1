import { hash } from 'node:crypto';

import type { DeliveryCursor } from './delivery-cursor.js';
import { eachLine, parseJournalLine, writerPosition } from './journal-line.js';
import { JournalReader, type JournalChunk } from './journal-reader.js';
import type { JournalPosition, JournalSegments } from './journal-segments.js';

/** Records merged from a journal, and the cursor after them. */
export interface StreamBatch {
  /** Each one record's JSON. May be empty, when there are only intents so far. */
  readonly records: readonly Buffer[];
  /** Lines that are no lines of a journal. */
  readonly damaged: readonly Buffer[];
  /** Number of the first record. */
  readonly firstSeq: number;
  readonly cursor: DeliveryCursor;
  /** Whether a limit was met: there may be more. */
  readonly full: boolean;
}

/** Bounds of a batch. */
export interface BatchLimits {
  readonly maxRecords: number;
  /** Bytes of all records together; one record may be larger. */
  readonly maxBytes: number;
}

interface OpenIntent extends JournalPosition {
  /** The record without braces. */
  record: Buffer;
}

const OPENING_BRACE = Buffer.from('{');
const OUTCOME = Buffer.from(',"outcome":{');
const RECORD_END = Buffer.from('}');
const OUTCOME_END = Buffer.from('}}');

/**
 * Merges intents with their outcomes, in the order of the outcomes, and chains the records. The same journal gives the same records
 * each time: which of them were sent before a crash does not matter.
 */
export class RecordStream {
  readonly #reader: JournalReader;
  readonly #writerId: string;
  readonly #resume: JournalPosition;
  readonly #open = new Map<number, OpenIntent>();
  #chunk: JournalChunk | undefined;
  #chunkUsed = 0;
  #position: JournalPosition;
  #seq: number;
  #prev: string | undefined;

  constructor(segments: JournalSegments, cursor: DeliveryCursor) {
    this.#reader = new JournalReader(segments, { segment: cursor.segment, offset: cursor.low });
    this.#writerId = segments.place.writerId;
    this.#resume = { segment: cursor.segment, offset: cursor.offset };
    this.#position = this.#resume;
    this.#seq = cursor.seq;
    this.#prev = cursor.prev;
    for (const line of cursor.carried) {
      const parsed = parseJournalLine(Buffer.from(line));
      if (parsed.kind === 'intent') this.#open.set(parsed.ticket, { segment: 0, offset: 0, record: parsed.record });
    }
  }

  /** The next records, up to the limits or the end of what is written. */
  async next(limits: BatchLimits): Promise<StreamBatch> {
    const records: Buffer[] = [];
    const damaged: Buffer[] = [];
    const firstSeq = this.#seq + 1;
    let bytes = 0;
    const full = (): boolean => records.length >= limits.maxRecords || bytes >= limits.maxBytes;
    while (!full() && (await this.#hasChunk())) {
      this.#consume((line) => {
        const record = this.#merge(line, damaged);
        if (record !== undefined) {
          records.push(record);
          bytes += record.length;
        }
        return !full();
      });
    }
    return { records, damaged, firstSeq, cursor: this.#cursor(), full: full() };
  }

  /** Closes the journal's file. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  async #hasChunk(): Promise<boolean> {
    if (this.#chunk === undefined) {
      this.#chunk = await this.#reader.next();
      this.#chunkUsed = 0;
    }
    return this.#chunk !== undefined;
  }

  #consume(onLine: (line: Buffer) => boolean): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    const start = this.#chunkUsed;
    eachLine(chunk.bytes.subarray(start), (line, next) => {
      this.#chunkUsed = start + next;
      this.#position = { segment: chunk.segment, offset: chunk.offset + this.#chunkUsed };
      return onLine(line);
    });
    if (this.#chunkUsed < chunk.bytes.length) return;
    this.#chunk = undefined;
    this.#keepOpenIntents(chunk.bytes);
  }

  /** An intent that stays open must not keep a whole chunk in memory. */
  #keepOpenIntents(bytes: Buffer): void {
    for (const intent of this.#open.values()) {
      if (intent.record.buffer === bytes.buffer) intent.record = Buffer.from(intent.record);
    }
  }

  #merge(line: Buffer, damaged: Buffer[]): Buffer | undefined {
    const parsed = parseJournalLine(line);
    switch (parsed.kind) {
      case 'intent': {
        const { segment, offset } = this.#position;
        this.#open.set(parsed.ticket, { segment, offset: offset - line.length - 1, record: parsed.record });
        return undefined;
      }
      case 'outcome': {
        const intent = this.#open.get(parsed.ticket);
        this.#open.delete(parsed.ticket);
        return intent === undefined ? undefined : this.#emit(intent.record, OUTCOME, parsed.members, OUTCOME_END);
      }
      case 'record':
        return this.#emit(parsed.record, RECORD_END);
      case 'damaged':
        if (this.#isNew()) damaged.push(Buffer.from(line));
        return undefined;
    }
  }

  #isNew(): boolean {
    return this.#position.segment !== this.#resume.segment || this.#position.offset > this.#resume.offset;
  }

  #emit(record: Buffer, ...rest: readonly Buffer[]): Buffer | undefined {
    if (!this.#isNew()) return undefined;
    this.#seq++;
    const prev = this.#prev === undefined ? '' : `,"prev":"${this.#prev}"`;
    const writer = Buffer.from(`,"writer":{"id":"${this.#writerId}","seq":${this.#seq}${prev}}`);
    const at = writerPosition(record);
    const merged = Buffer.concat([OPENING_BRACE, record.subarray(0, at), writer, record.subarray(at), ...rest]);
    this.#prev = hash('sha256', merged, 'base64url');
    return merged;
  }

  #cursor(): DeliveryCursor {
    const { segment, offset } = this.#position;
    const carried: string[] = [];
    let low = offset;
    for (const [ticket, intent] of this.#open) {
      if (intent.segment < segment) carried.push(`{"intent":${ticket},${intent.record.toString()}}`);
      else if (intent.offset < low) low = intent.offset;
    }
    return { segment, offset, low, seq: this.#seq, prev: this.#prev, carried };
  }
}
