import { MAX_FRAME_PAYLOAD } from './constants.js';

/** How many frames a payload takes; one of exactly 16,777,215 bytes is followed by an empty one. */
export function framesOf(length: number): number {
  return Math.floor(length / MAX_FRAME_PAYLOAD) + 1;
}
