import { HEADER_LENGTH } from './constants.js';
import { PayloadReader } from './payload-reader.js';

const NULL_CELL = 0xfb;

/**
 * Reads the first row of a whole answer in the text protocol.
 * @param bytes packets with headers
 * @param columnCount how many columns were asked for
 * @returns NULL as undefined; undefined where there is no such row
 */
export function readFirstRow(
  bytes: Buffer,
  columnCount: number,
  deprecateEof: boolean,
): readonly (string | undefined)[] | undefined {
  const row = splitPackets(bytes)[columnCount + (deprecateEof ? 1 : 2)];
  if (row === undefined) return undefined;
  const reader = new PayloadReader(row, 0, row.length);
  const cells: (string | undefined)[] = [];
  while (reader.remaining > 0) {
    if (row[reader.offset] === NULL_CELL) {
      reader.skip(1);
      cells.push(undefined);
    } else {
      cells.push(reader.lengthEncodedText());
    }
  }
  return cells;
}

function splitPackets(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let offset = 0;
  while (offset + HEADER_LENGTH <= bytes.length) {
    const end = offset + HEADER_LENGTH + bytes.readUIntLE(offset, 3);
    packets.push(bytes.subarray(offset + HEADER_LENGTH, end));
    offset = end;
  }
  return packets;
}
