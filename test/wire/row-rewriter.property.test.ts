import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readColumnDefinition } from '../../src/wire/column-definition.js';
import { frame } from '../../src/wire/command-assembler.js';
import { FieldType } from '../../src/wire/constants.js';
import { PacketBuffer } from '../../src/wire/packet-buffer.js';
import {
  type CellMasker,
  createBinaryRowRewriter,
  createTextRowRewriter,
  type RowMask,
} from '../../src/wire/row-rewriter.js';
import { columnDefinition, text } from './wire-samples.js';

const SEQUENCE_ID = 7;
const types = [FieldType.VAR_STRING, FieldType.LONG, FieldType.BLOB, FieldType.LONGLONG] as const;

/** Of a masker: NULL, so many bytes less, as many, or so many more; written in two pieces, the second one read late. */
const change = fc.option(fc.integer({ min: -20, max: 40 }), { nil: undefined });

function maskerOf(more: number | undefined): CellMasker {
  return ({ bytes, start, end }, out) => {
    if (more === undefined) return false;
    const length = Math.max(0, end - start + more);
    const first = Math.min(length, end - start, 3);
    out.copy(bytes, start, start + first);
    const rest = Buffer.alloc(length - first, end > start ? bytes[end - 1] : 0x2a);
    out.copy(rest, 0, rest.length);
    return true;
  };
}

const column = fc.record({ type: fc.constantFrom(...types), masked: fc.boolean(), change });
const cell = fc.option(fc.uint8Array({ maxLength: 700 }), { nil: undefined, freq: 4 });

function fixedLength(type: number): number | undefined {
  if (type === FieldType.LONG) return 4;
  return type === FieldType.LONGLONG ? 8 : undefined;
}

/** One packet of a row. */
function packet(
  cells: readonly (Uint8Array | undefined)[],
  columns: readonly { type: number }[],
  binary: boolean,
): Buffer {
  const bitmap = Buffer.alloc(binary ? 1 + ((columns.length + 9) >> 3) : 0);
  const values = cells.map((value, index) => {
    if (value === undefined) {
      if (!binary) return Buffer.from([0xfb]);
      const byte = 1 + ((index + 2) >> 3);
      bitmap[byte] = (bitmap[byte] ?? 0) | (1 << ((index + 2) & 7));
      return Buffer.alloc(0);
    }
    const size = binary ? fixedLength(columns[index]?.type ?? 0) : undefined;
    return size === undefined ? text(Buffer.from(value)) : Buffer.concat([value, Buffer.alloc(size)]).subarray(0, size);
  });
  return frame(Buffer.concat([bitmap, ...values]), SEQUENCE_ID);
}

it('rows are written over the ones that they stand for as they are written elsewhere', () => {
  fc.assert(
    fc.property(
      fc.array(column, { minLength: 1, maxLength: 9 }).chain((columns) =>
        fc.record({
          columns: fc.constant(columns),
          rows: fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), { maxLength: 6 }),
          binary: fc.boolean(),
        }),
      ),
      ({ columns, rows, binary }) => {
        const definitions = columns.map(({ type }) => {
          const definition = columnDefinition('shop', 'people', 'name', type);
          return readColumnDefinition(definition, 0, definition.length, false);
        });
        const mask: RowMask = columns.map((each) => (each.masked ? maskerOf(each.change) : undefined));
        const rewrite = (binary ? createBinaryRowRewriter : createTextRowRewriter)(definitions, mask);
        const packets = rows.map((cells) => packet(cells, columns, binary));
        const source = Buffer.concat(packets);
        const elsewhere = new PacketBuffer(Buffer.alloc(0));
        const inPlace = new PacketBuffer(Buffer.from(source));
        const { bytes } = inPlace;
        let at = 0;
        for (const { length } of packets) {
          rewrite(source, at + 4, at + length, SEQUENCE_ID, elsewhere);
          inPlace.release(bytes, at + 4);
          rewrite(bytes, at + 4, at + length, SEQUENCE_ID, inPlace);
          at += length;
        }
        expect(inPlace.written.toString('hex')).toBe(elsewhere.written.toString('hex'));
        if (mask.every((masker) => masker === undefined)) expect(inPlace.written.equals(source)).toBe(true);
      },
    ),
    { numRuns: 3_000 },
  );
});
