import type { CellMasker } from '../wire/row-rewriter.js';
import { MASKED } from './text-maskers.js';

const AT = 0x40;
const STAR = 0x2a;
const STARS = 3;
const MASKED_BYTES = Buffer.from(MASKED);

/** As `maskEmail`, without a string in between: most masked columns hold addresses. */
export const maskEmailCell: CellMasker = ({ bytes, start, end }, out) => {
  let at = end - 1;
  while (at > start && bytes[at] !== AT) at -= 1;
  if (at <= start) {
    out.copy(MASKED_BYTES, 0, MASKED_BYTES.length);
    return true;
  }
  const first = Math.min(characterLength(bytes[start] ?? 0), at - start);
  out.reserve(first + STARS);
  const target = out.bytes;
  let to = out.length;
  for (let from = start; from < start + first; from += 1) target[to++] = bytes[from] ?? 0;
  for (let star = 0; star < STARS; star += 1) target[to++] = STAR;
  out.length = to;
  out.copy(bytes, at, end);
  return true;
};

/** Bytes of the UTF-8 character that begins so. */
function characterLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
