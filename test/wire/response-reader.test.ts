import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCountersignError } from '../../src/errors.js';
import { FieldType, ServerStatus } from '../../src/wire/constants.js';
import type { ResponseObserver } from '../../src/wire/response-observer.js';
import { ResponseReader } from '../../src/wire/response-reader.js';
import { createBinaryRowRewriter, createTextRowRewriter, type RowMask } from '../../src/wire/row-rewriter.js';
import { answer, columnDefinition, eof, ok, text } from './wire-samples.js';

const MORE = ServerStatus.MORE_RESULTS;
const mask: RowMask = [
  undefined,
  (_cell, out) => {
    out.text('***');
    return true;
  },
];

interface Seen {
  events: string[];
  bytes: Buffer;
}

/** Reads an answer in the given chunks and tells what was seen and what the client got. */
function read(
  bytes: Buffer,
  cuts: readonly number[],
  options: { masked: boolean; deprecateEof: boolean; kind: 'text' | 'binary' | 'prepare' },
): Seen {
  const events: string[] = [];
  const observer: ResponseObserver = {
    onColumns: (columns, binary) => {
      events.push(`columns ${columns.map((column) => column.orgName).join()}`);
      return { rewrite: (binary ? createBinaryRowRewriter : createTextRowRewriter)(columns, mask) };
    },
    onOk: (packet) => events.push(`ok ${packet.affectedRows}`),
    onRows: (rows) => events.push(`rows ${rows}`),
    onError: (error) => {
      events.push(`error ${error.errno} ${error.sqlState} ${error.message}`);
      return error;
    },
    onLimit: () => undefined,
    onPrepared: (id, parameters) => events.push(`prepared ${id} ${parameters}`),
    onLocalInfile: () => true,
    onComplete: () => events.push('complete'),
  };
  const reader = new ResponseReader({ deprecateEof: options.deprecateEof, extendedMetadata: false }, observer);
  reader.expect(options.kind, options.masked);
  const output: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (cut > from) output.push(Buffer.from(reader.push(Buffer.from(bytes.subarray(from, cut)))));
    from = Math.max(from, cut);
  }
  expect(reader.heldBytes).toBe(0);
  return { events, bytes: Buffer.concat(output) };
}

const columns = [
  columnDefinition('shop', 'customers', 'id', FieldType.LONG),
  columnDefinition('shop', 'customers', 'email', FieldType.VAR_STRING),
];
const textRows = [
  Buffer.concat([text('1'), text('alice@example.test')]),
  Buffer.concat([text('2'), Buffer.from([0xfb])]),
  Buffer.concat([text('3'), text('x'.repeat(300))]),
];
const maskedRows = [
  Buffer.concat([text('1'), text('***')]),
  Buffer.concat([text('2'), Buffer.from([0xfb])]),
  Buffer.concat([text('3'), text('***')]),
];

const samples = {
  'the definitions of a cursor, whose rows are fetched later': {
    deprecateEof: false,
    kind: 'binary' as const,
    events: ['columns id,email', 'rows 0', 'complete'],
    plain: answer([Buffer.from([2]), ...columns, eof(ServerStatus.CURSOR_EXISTS)]),
    masked: answer([Buffer.from([2]), ...columns, eof(ServerStatus.CURSOR_EXISTS)]),
  },
  'a text result set between EOFs': {
    deprecateEof: false,
    kind: 'text' as const,
    plain: answer([Buffer.from([2]), ...columns, eof(0), ...textRows, eof(2)]),
    masked: answer([Buffer.from([2]), ...columns, eof(0), ...maskedRows, eof(2)]),
    events: ['columns id,email', 'rows 3', 'complete'],
  },
  'a text result set without EOFs': {
    deprecateEof: true,
    kind: 'text' as const,
    plain: answer([Buffer.from([2]), ...columns, ...textRows, ok(0, 2, 0xfe)]),
    masked: answer([Buffer.from([2]), ...columns, ...maskedRows, ok(0, 2, 0xfe)]),
    events: ['columns id,email', 'rows 3', 'complete'],
  },
  'several results, the last of which fails': {
    deprecateEof: false,
    kind: 'text' as const,
    plain: answer([
      ok(7, MORE),
      Buffer.from([2]),
      ...columns,
      eof(MORE),
      ...textRows,
      eof(MORE),
      Buffer.from('\xff\x7a\x04#42S02gone', 'latin1'),
    ]),
    masked: answer([
      ok(7, MORE),
      Buffer.from([2]),
      ...columns,
      eof(MORE),
      ...maskedRows,
      eof(MORE),
      Buffer.from('\xff\x7a\x04#42S02gone', 'latin1'),
    ]),
    events: ['ok 7', 'columns id,email', 'rows 3', 'error 1146 42S02 gone', 'complete'],
  },
  'a binary result set': {
    deprecateEof: false,
    kind: 'binary' as const,
    plain: answer([
      Buffer.from([2]),
      ...columns,
      eof(0),
      Buffer.concat([Buffer.from([0, 0, 1, 0, 0, 0]), text('alice')]),
      Buffer.from([0, 8, 2, 0, 0, 0]),
      eof(2),
    ]),
    masked: answer([
      Buffer.from([2]),
      ...columns,
      eof(0),
      Buffer.concat([Buffer.from([0, 0, 1, 0, 0, 0]), text('***')]),
      Buffer.from([0, 8, 2, 0, 0, 0]),
      eof(2),
    ]),
    events: ['columns id,email', 'rows 2', 'complete'],
  },
  'a prepared statement': {
    deprecateEof: false,
    kind: 'prepare' as const,
    plain: answer([
      Buffer.from([0, 5, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]),
      columns[0] as Buffer,
      eof(0),
      ...columns,
      eof(0),
    ]),
    masked: answer([
      Buffer.from([0, 5, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]),
      columns[0] as Buffer,
      eof(0),
      ...columns,
      eof(0),
    ]),
    events: ['prepared 5 1', 'complete'],
  },
};

describe('the reader of answers', () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`reads ${name} the same at every cut, untouched or masked`, () => {
      for (const masked of [false, true]) {
        const expected = masked ? sample.masked : sample.plain;
        const events = masked ? sample.events : sample.events.filter((event) => !event.startsWith('columns'));
        for (let cut = 0; cut <= sample.plain.length; cut += 1) {
          const seen = read(sample.plain, [cut], { ...sample, masked });
          expect(seen.events).toEqual(events);
          expect(seen.bytes.equals(expected), `cut at ${cut}`).toBe(true);
        }
        const single = Array.from(sample.plain.keys());
        expect(read(sample.plain, single, { ...sample, masked }).bytes.equals(expected)).toBe(true);
      }
    });
  }

  it('passes a row that spans frames without holding it', () => {
    const row = Buffer.concat([text('1'), text(Buffer.alloc(17_000_000, 'a'))]);
    const bytes = answer([Buffer.from([2]), ...columns, eof(0), row, eof(2)]);
    // The frames of the row shift the sequence id of what follows, which only the client looks at.
    const seen = read(bytes, [100, 9_000_000, 16_777_300], { masked: false, deprecateEof: false, kind: 'text' });
    expect(seen.events).toEqual(['rows 1', 'complete']);
    expect(seen.bytes.equals(bytes)).toBe(true);
  });

  it.each([
    ['shorter', 'abc', 16_777_200],
    ['longer', 'x', 16_777_208],
    ['of a whole frame', 'abc', 16_777_215 * 2],
  ])('masks a row that spans frames, also where it gets %s, at every cut', (_, cell, size) => {
    const large = Buffer.alloc(size, 'a');
    const plain = answer([Buffer.from([2]), ...columns, eof(0), Buffer.concat([text(large), text(cell)]), eof(2)]);
    const masked = answer([Buffer.from([2]), ...columns, eof(0), Buffer.concat([text(large), text('***')]), eof(2)]);
    // What follows is numbered behind the frames that there are now.
    const more = Math.floor((size + 8) / 16_777_215) - Math.floor((size + 5 + cell.length) / 16_777_215);
    const last = masked.length - 6;
    masked[last] = (masked[last] ?? 0) + more;
    for (const cuts of [[], [100, 9_000_000, 16_777_300], [16_777_290, 16_777_291, 16_777_292, 16_777_293]]) {
      const seen = read(Buffer.from(plain), cuts, { masked: true, deprecateEof: false, kind: 'text' });
      expect(seen.events).toEqual(['columns id,email', 'rows 1', 'complete']);
      expect(seen.bytes.equals(masked)).toBe(true);
    }
  });

  it('sends a refusal in the place of the rows, and drops the rest of the answer', () => {
    const completed: string[] = [];
    const reader = new ResponseReader(
      { deprecateEof: false, extendedMetadata: false },
      {
        onColumns: () => ({ refuse: { errno: 1227, sqlState: '42000', message: 'no' } }),
        onOk: () => undefined,
        onRows: () => undefined,
        onError: (error) => error,
        onLimit: () => undefined,
        onPrepared: () => undefined,
        onLocalInfile: () => false,
        onComplete: () => completed.push('complete'),
      },
    );
    const sample = samples['a text result set between EOFs'].plain;
    for (let cut = 0; cut <= sample.length; cut += 1) {
      reader.expect('text', true);
      const got = Buffer.concat(
        [sample.subarray(0, cut), sample.subarray(cut)].map((part) => Buffer.from(reader.push(Buffer.from(part)))),
      );
      expect(got.includes('alice')).toBe(false);
      expect(got.subarray(-12).toString('latin1')).toBe('\x05\xff\xcb\x04#42000no');
    }
    expect(completed.length).toBe(sample.length + 1);
  });

  it('sends another error in the place of one, at every cut', () => {
    const reader = new ResponseReader(
      { deprecateEof: false, extendedMetadata: false },
      {
        onColumns: () => undefined,
        onOk: () => undefined,
        onRows: () => undefined,
        onError: (error) => ({ ...error, message: 'withheld' }),
        onLimit: () => undefined,
        onPrepared: () => undefined,
        onLocalInfile: () => false,
        onComplete: () => undefined,
      },
    );
    const error = Buffer.from('\xff\x26\x04#23000the value', 'latin1');
    const sample = answer([Buffer.from([2]), ...columns, eof(0), ...textRows, error]);
    const expected = answer([
      Buffer.from([2]),
      ...columns,
      eof(0),
      ...textRows,
      Buffer.from('\xff\x26\x04#23000withheld', 'latin1'),
    ]);
    for (let cut = 0; cut <= sample.length; cut += 1) {
      reader.expect('text', true);
      const parts = [sample.subarray(0, cut), sample.subarray(cut)].map((part) =>
        Buffer.from(reader.push(Buffer.from(part))),
      );
      expect(Buffer.concat(parts).equals(expected), `cut at ${cut}`).toBe(true);
    }
  });

  it('never crashes on random bytes, and never holds more than a packet', () => {
    const kind = fc.constantFrom('text' as const, 'binary' as const, 'prepare' as const);
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }),
        kind,
        fc.boolean(),
        (chunks, answerKind, deprecateEof) => {
          const reader = new ResponseReader(
            { deprecateEof, extendedMetadata: false },
            {
              onColumns: (definitions) => ({ rewrite: createTextRowRewriter(definitions, [() => false]) }),
              onOk: () => undefined,
              onRows: () => undefined,
              onError: (error) => error,
              onLimit: () => undefined,
              onPrepared: () => undefined,
              onLocalInfile: () => true,
              onComplete: () => undefined,
            },
          );
          reader.expect(answerKind, true);
          let total = 0;
          for (const chunk of chunks) {
            total += chunk.length;
            try {
              reader.push(Buffer.from(chunk));
            } catch (error) {
              if (!isCountersignError(error)) throw error;
              return;
            }
            expect(reader.heldBytes).toBeLessThanOrEqual(total);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
