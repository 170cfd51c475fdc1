import { FailureError } from '../errors.js';
import { HEADER_LENGTH, MAX_FRAME_PAYLOAD } from './constants.js';

/** One whole packet that the client sent, as many frames as it took. */
export interface ClientPacket {
  /** The bytes as they came, headers included, to be sent on untouched. */
  readonly raw: readonly Buffer[];
  /** The payload without headers, contiguous. */
  readonly payload: Buffer;
  /** Sequence id of the last frame: an answer continues from it. */
  readonly sequenceId: number;
}

/**
 * Cuts the client's byte stream into whole packets. A frame of 16,777,215 bytes is continued in the next one, and is never taken
 * for a command of its own. Nothing above `maxPacketBytes` is held.
 */
export class CommandAssembler {
  readonly #maxPacketBytes: number;
  readonly #onPacket: (packet: ClientPacket) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #needed = HEADER_LENGTH;
  #frames: Buffer[] = [];
  #framesBytes = 0;

  /**
   * @param maxPacketBytes most bytes of one packet, all its frames together
   * @param onPacket called with each whole packet, in order
   */
  constructor(maxPacketBytes: number, onPacket: (packet: ClientPacket) => void) {
    this.#maxPacketBytes = maxPacketBytes;
    this.#onPacket = onPacket;
  }

  /** Bytes held because their packet is not whole yet. */
  get heldBytes(): number {
    return this.#pendingBytes + this.#framesBytes;
  }

  /**
   * Takes the next bytes, cut anywhere.
   * @throws FailureError `PACKET_TOO_LARGE` before more than `maxPacketBytes` are held
   */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#pendingBytes > 0) {
      this.#pending.push(chunk);
      this.#pendingBytes += chunk.length;
      if (this.#pendingBytes < this.#needed) return;
      bytes = Buffer.concat(this.#pending, this.#pendingBytes);
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    let offset = 0;
    while (offset < bytes.length) {
      const frameEnd = this.#frameEnd(bytes, offset);
      if (frameEnd > bytes.length) {
        this.#pending = [offset === 0 ? bytes : bytes.subarray(offset)];
        this.#pendingBytes = bytes.length - offset;
        this.#needed = frameEnd - offset;
        return;
      }
      this.#onFrame(offset === 0 && frameEnd === bytes.length ? bytes : bytes.subarray(offset, frameEnd));
      offset = frameEnd;
    }
  }

  /** Where the frame at `offset` ends; beyond the buffer if it is not whole. */
  #frameEnd(bytes: Buffer, offset: number): number {
    if (bytes.length - offset < HEADER_LENGTH) return offset + HEADER_LENGTH;
    const length = bytes.readUIntLE(offset, 3);
    const total = this.#framesBytes + HEADER_LENGTH + length;
    if (total > this.#maxPacketBytes) {
      throw new FailureError(
        'PACKET_TOO_LARGE',
        `a packet of at least ${total} bytes is over the limit of ${this.#maxPacketBytes}; raise maxPacketBytes`,
      );
    }
    return offset + HEADER_LENGTH + length;
  }

  #onFrame(frame: Buffer): void {
    const length = frame.length - HEADER_LENGTH;
    const sequenceId = frame.readUInt8(3);
    if (this.#frames.length === 0 && length < MAX_FRAME_PAYLOAD) {
      this.#onPacket({ raw: [frame], payload: frame.subarray(HEADER_LENGTH), sequenceId });
      return;
    }
    this.#frames.push(frame);
    this.#framesBytes += frame.length;
    if (length === MAX_FRAME_PAYLOAD) return;
    const raw = this.#frames;
    this.#frames = [];
    this.#framesBytes = 0;
    this.#onPacket({ raw, payload: Buffer.concat(raw.map((part) => part.subarray(HEADER_LENGTH))), sequenceId });
  }
}

/** Frames a payload, in as many frames as it needs. */
export function frame(payload: Buffer, sequenceId: number): Buffer {
  const frames: Buffer[] = [];
  let offset = 0;
  let sequence = sequenceId;
  for (;;) {
    const length = Math.min(payload.length - offset, MAX_FRAME_PAYLOAD);
    const header = Buffer.allocUnsafe(HEADER_LENGTH);
    header.writeUIntLE(length, 0, 3);
    header.writeUInt8(sequence & 0xff, 3);
    frames.push(header, payload.subarray(offset, offset + length));
    offset += length;
    sequence += 1;
    if (length < MAX_FRAME_PAYLOAD) return Buffer.concat(frames);
  }
}
