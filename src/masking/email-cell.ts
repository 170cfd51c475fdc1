import type { CellMasker } from '../wire/row-rewriter.js';
import { MASKED } from './text-maskers.js';

const AT = 0x40;
const STAR = 0x2a;
const STARS = 3;
const MASKED_BYTES = Buffer.from(MASKED);

/** As `maskEmail`, without a string in between: most masked columns hold addresses. Of what is not UTF-8, nothing of the first character is shown. */
export const maskEmailCell: CellMasker = ({ bytes, start, end }, out) => {
  let at = end - 1;
  while (at > start && bytes[at] !== AT) at -= 1;
  if (at <= start) {
    out.copy(MASKED_BYTES, 0, MASKED_BYTES.length);
    return true;
  }
  const first = characterLength(bytes, start, at);
  out.reserve(first + STARS);
  const target = out.bytes;
  let to = out.length;
  for (let from = start; from < start + first; from += 1) target[to++] = bytes[from] ?? 0;
  for (let star = 0; star < STARS; star += 1) target[to++] = STAR;
  out.length = to;
  out.copy(bytes, at, end);
  return true;
};

/** Bytes of the UTF-8 character that begins at `start`; 0 where it is none, or does not end before `end`. */
function characterLength(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (start + length > end) return 0;
  for (let at = start + 1; at < start + length; at += 1) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
