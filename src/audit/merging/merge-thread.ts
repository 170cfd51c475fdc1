/**
 * The thread that merges: reads journals, puts records together, hashes them. It writes nothing.
 *
 * @module
 */
import { serveThread } from '../../threads/serve-thread.js';
import type { JournalPlace } from '../journal-directory.js';
import type { ReadableSegments } from '../journal-segments.js';
import { JournalTree } from './journal-tree.js';
import type { MergedBatch, MergeRequest } from './merge-messages.js';
import { RecordSlab, SLAB_BYTES } from './record-slab.js';
import { RecordStream, type StreamBatch } from './record-stream.js';

/** The segments of a journal as the thread that writes it knows them. */
class ToldSegments implements ReadableSegments {
  readonly place: JournalPlace;
  sealed = false;
  sizes: readonly (readonly [number, number])[] = [];

  constructor(place: JournalPlace) {
    this.place = place;
  }

  size(segment: number): number | undefined {
    return this.sizes.find(([number]) => number === segment)?.[1];
  }

  after(segment: number): number | undefined {
    return this.sizes.find(([number]) => number > segment)?.[0];
  }
}

/** Pieces of memory that the other side knows. */
class NumberedPieces {
  readonly #numbers = new Map<SharedArrayBuffer, number>();
  #last = 0;

  /** The number of a piece. @param added - takes it where it is a new one */
  numberOf(memory: SharedArrayBuffer, added: Map<number, SharedArrayBuffer>): number {
    const known = this.#numbers.get(memory);
    if (known !== undefined) return known;
    this.#last += 1;
    if (memory.byteLength === SLAB_BYTES) this.#numbers.set(memory, this.#last);
    added.set(this.#last, memory);
    return this.#last;
  }
}

interface OpenStream {
  readonly segments: ToldSegments;
  readonly pieces: NumberedPieces;
  readonly tree: JournalTree;
  readonly stream: RecordStream;
}

const streams = new Map<number, OpenStream>();
/** By path of the journal. */
const trees = new Map<string, JournalTree>();

serveThread(() => answer);

async function answer(request: MergeRequest): Promise<MergedBatch | undefined> {
  if (request.kind === 'open') {
    open(request);
    return undefined;
  }
  const opened = streams.get(request.stream);
  if (opened === undefined) throw new Error('no such stream is open');
  if (request.kind === 'close') {
    streams.delete(request.stream);
    await opened.stream.close();
    return undefined;
  }
  const { segments, pieces, stream, tree } = opened;
  segments.sizes = request.sizes;
  segments.sealed = request.sealed;
  return packed(await stream.next(request.limits), pieces, tree.cover());
}

function open({ stream: number, place, cursor, tree: frontier }: Extract<MergeRequest, { kind: 'open' }>): void {
  const segments = new ToldSegments(place);
  const slab = new RecordSlab((bytes) => Buffer.from(new SharedArrayBuffer(bytes)));
  let tree = trees.get(place.path);
  if (tree === undefined) trees.set(place.path, (tree = new JournalTree(frontier)));
  else tree.advance(frontier, 0);
  const records = new RecordStream(segments, cursor, tree, slab);
  streams.set(number, { segments, pieces: new NumberedPieces(), tree, stream: records });
}

function packed(
  { records, damaged, firstSeq, cursor, full }: StreamBatch,
  pieces: NumberedPieces,
  uncovered: number,
): MergedBatch {
  const newPieces = new Map<number, SharedArrayBuffer>();
  const spans = new Uint32Array(records.length * 3);
  for (const [index, record] of records.entries()) {
    const memory = record.buffer as unknown as SharedArrayBuffer;
    spans.set([pieces.numberOf(memory, newPieces), record.byteOffset, record.length], index * 3);
  }
  return { newPieces, spans, damaged, firstSeq, cursor, full, uncovered };
}
