/**
 * Makes a failing text as short as it can be made by leaving out pieces, large ones first.
 * @param fails whether a text still fails
 */
export function minimise(bytes: Buffer, fails: (bytes: Buffer) => boolean): Buffer {
  let best = bytes;
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < best.length;) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}
