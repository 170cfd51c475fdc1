import { FailureError } from '../errors.js';
import { HEADER_LENGTH, MAX_FRAME_PAYLOAD } from './constants.js';
import { framesOf } from './frames.js';
import type { PacketBuffer } from './packet-buffer.js';
import type { RowRewriter } from './row-rewriter.js';

/** Most bytes of a row that is to be masked: it is held as a whole. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A row of 16 MB or more, which comes in several frames, while it is put together to be masked. */
export class LargeRow {
  readonly #sequenceId: number;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(sequenceId: number) {
    this.#sequenceId = sequenceId;
  }

  /** Bytes that are held. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of bytes. @throws FailureError `PROTOCOL_VIOLATION` where the row is too large */
  add(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > MAX_BYTES) {
      const text = `a row of more than ${MAX_BYTES / 1024 / 1024} MB cannot be masked or captured: leave its large columns out`;
      throw new FailureError('PROTOCOL_VIOLATION', text);
    }
    this.#pieces.push(Buffer.from(bytes));
  }

  /** Writes it anew. @returns how many frames it has less than before */
  finish(rewrite: RowRewriter, out: PacketBuffer): number {
    const payload = Buffer.concat(this.#pieces, this.#length);
    const before = out.length;
    rewrite(payload, 0, payload.length, this.#sequenceId, out);
    return framesOf(this.#length) - Math.ceil((out.length - before) / (MAX_FRAME_PAYLOAD + HEADER_LENGTH));
  }
}
