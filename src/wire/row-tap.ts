import { HEADER_LENGTH, MAX_FRAME_PAYLOAD } from './constants.js';
import { createTextRowRewriter, type RowRewriter } from './row-rewriter.js';

/** Sees rows as the client gets them: without headers, in pieces where a row has several frames. The bytes must not be kept. */
export interface RowTap {
  /** @param isWhole - whether these are all bytes of the row */
  row(bytes: Buffer, start: number, end: number, isWhole: boolean): void;
  /** The last piece of a row was shown. */
  endRow(): void;
}

/** Passes a row on as it is. */
const passRow = createTextRowRewriter([], []);

/** Shows rows to a tap after they were rewritten. @param rewrite - undefined where they pass as they are */
export function tapRows(rewrite: RowRewriter | undefined, tap: RowTap): RowRewriter {
  const write = rewrite ?? passRow;
  return (bytes, start, end, sequenceId, out) => {
    const at = out.length;
    write(bytes, start, end, sequenceId, out);
    const isWhole = out.length - at < HEADER_LENGTH + MAX_FRAME_PAYLOAD;
    for (let frame = at; frame < out.length;) {
      const payload = frame + HEADER_LENGTH;
      frame = payload + out.bytes.readUIntLE(frame, 3);
      tap.row(out.bytes, payload, frame, isWhole);
    }
    tap.endRow();
  };
}
