import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatMicros } from '../../src/audit/record-time.js';

test('a time is written with six digits of a second', () => {
  expect(formatMicros(1_795_300_801_000_007).toString()).toBe('2026-11-21T22:40:01.000007Z');
  expect(formatMicros(0).toString()).toBe('1970-01-01T00:00:00.000000Z');
});

test('every time is the one that Date gives, with microseconds added', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.integer({ min: 0, max: 999 }), (ms, micros) => {
      const expected = new Date(ms).toISOString().replace('Z', `${micros.toString().padStart(3, '0')}Z`);
      expect(formatMicros(ms * 1000 + micros).toString()).toBe(expected);
    }),
  );
});
