import fc from 'fast-check';
import { expect, test } from 'vitest';

import { LineBuffer } from '../../src/audit/line-buffer.js';

function jsonOf(text: Buffer, start = 0, end: number = text.length): string {
  const line = new LineBuffer();
  line.reserve(LineBuffer.jsonBytes(end - start));
  line.json(text, start, end);
  return line.bytes.toString('utf8', 0, line.length);
}

test('text becomes the same JSON as by JSON.stringify, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const bytes = Buffer.from(text);
      expect(`"${jsonOf(bytes)}"`).toBe(JSON.stringify(bytes.toString()));
    }),
  );
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('');
  expect(`"${jsonOf(Buffer.from(ascii))}"`).toBe(JSON.stringify(ascii));
});

test('only the named part is taken, and bytes that are not UTF-8 become U+FFFD', () => {
  expect(jsonOf(Buffer.from('SELECT "a"\n; SELECT 2'), 0, 11)).toBe('SELECT \\"a\\"\\n');
  expect(jsonOf(Buffer.from([0x41, 0xff, 0x42]))).toBe('A\ufffdB');
});

test('a long line makes it grow without losing what waits, and the memory comes back', () => {
  const line = new LineBuffer();
  line.text('first ');
  const long = Buffer.alloc(1 << 20, 0x1f);
  line.reserve(LineBuffer.jsonBytes(long.length));
  line.json(long, 0, long.length);
  expect(line.bytes.toString('utf8', 0, 12)).toBe('first \\u001f');
  expect(line.length).toBe(6 + 6 * long.length);
  line.length = 0;
  line.reserve(10);
  expect(line.bytes.length).toBeLessThan(1 << 20);
});
