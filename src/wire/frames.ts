import { MAX_FRAME_PAYLOAD } from './constants.js';

/** How many frames a payload takes; one of exactly 16,777,215 bytes is followed by an empty one. */
export function framesOf(length: number): number {
  return Math.floor(length / MAX_FRAME_PAYLOAD) + 1;
}

/** The length of the payload that a header stands before. @param at - where the header begins; it is whole */
export function frameLength(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** Writes the length into a header: three stores, where `writeUIntLE` looks at its arguments first. */
export function writeFrameLength(bytes: Buffer, at: number, length: number): void {
  bytes[at] = length;
  bytes[at + 1] = length >> 8;
  bytes[at + 2] = length >> 16;
}
