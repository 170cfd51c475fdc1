import fc from 'fast-check';
import { expect, test } from 'vitest';

import { splitRecords } from '../../src/collector/ingest/split-records.js';

test('any list of JSON values is cut into exactly those values', () => {
  const values = fc.array(fc.json({ stringUnit: 'binary' }), { maxLength: 8 });
  fc.assert(
    fc.property(values, (pieces) => {
      const body = Buffer.from(`{"records":[${pieces.join(',')}]}`);
      expect(splitRecords(body)?.map(String)).toEqual(pieces.map((piece) => Buffer.from(piece).toString()));
    }),
    { numRuns: 500 },
  );
});

test('any bytes are cut or refused, in no more than linear time', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', 'x', ' ')), (parts) => {
      const pieces = splitRecords(Buffer.from(`{"records":[${parts.join('')}`));
      if (pieces !== undefined) expect(pieces.every((piece) => piece.length <= parts.length)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  const hostile = Buffer.from(`{"records":["${'\\'.repeat(1_000_000)}${'"'.repeat(1_000_000)}]}`);
  const start = performance.now();
  splitRecords(hostile);
  expect(performance.now() - start).toBeLessThan(10_000);
});
