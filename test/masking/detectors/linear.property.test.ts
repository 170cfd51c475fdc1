import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector, detectInJson, type DetectorKind } from '../../../src/masking/detectors/index.js';
import { countWork } from './count-work.js';

const kinds: readonly DetectorKind[] = ['card', 'iban', 'email', 'phone', 'nationalId', 'ip', 'jwt', 'secret'];
const detectors = [undefined, 'DE', 'US'].map((defaultRegion) => createDetector({ kinds, defaultRegion }));

const SIZE = 100_000;
const MOST_MS = 2_000;

/** What begins like something that is looked for, and goes on like it. */
const HOSTILE = [
  ...['1', '4', '12 ', '22 ', '4111 ', '4111-', '1 ', '1-', '(1)', '0 0 ', '1.', '1.1.1.1.', '030 1234567 '],
  ...['+', '+1', '+49 30 1234567 ', '+12 12 12 12 ', 'tel 123 45 67 ', '078-05-1120 ', '12345678901 ', '1999-01-01 '],
  ...['@', 'a@', '@a.', 'a@a.', '.', 'a.', 'a-', 'a-a-a-', 'é', '用户@', '%40', 'a%40'],
  ...['eyJ', '-eyJ', 'eyJ.', 'eyJhbGciOiJub25lIn0.', 'eyJhbGciOiJub25lIn0.-', 'eyJhbGciOiJub25lIn0.eyJ '],
  ...[' ', '  -  ', '-', '- ', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '\u00a0', '\n'],
  ...['=', ':', '::', '1:', 'f:', '://', '://a:', 'password=', 'password="', 'password=)', 'token=a) ', '\\"'],
  ...['DE89', 'DE89 3704 ', 'A1', 'RSSMRA85T10A562', 'sk-', 'sk-a', 'ghp_', 'xoxb-', 'bearer ', 'bearer a', 'SG.'],
];

const filled = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

function milliseconds(run: () => void): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

describe('the time of a detector', () => {
  it.each(HOSTILE)('is short for 100 kB of %j', (piece) => {
    const text = filled(piece, SIZE);
    for (const detect of detectors) expect(milliseconds(() => detect(text))).toBeLessThan(MOST_MS);
  });

  it('is short for 100 kB of any of them together, also in JSON', () => {
    const texts = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom(...detectors), (piece, detect) => {
        const text = filled(piece, SIZE);
        expect(milliseconds(() => detect(text))).toBeLessThan(MOST_MS);
        expect(milliseconds(() => detectInJson(JSON.stringify({ [piece]: text }), detect))).toBeLessThan(MOST_MS);
      }),
      { numRuns: 40 },
    );
  });

  it('is short for JSON that is deep or ends early', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['"', ''],
      ['"\\', ''],
    ] as const) {
      const text = `${filled(open, SIZE / 2)}1${filled(close || open, SIZE / 2)}`;
      for (const detect of detectors) expect(milliseconds(() => detectInJson(text, detect))).toBeLessThan(MOST_MS);
    }
  });
});

describe('the work of a detector', () => {
  it.each(HOSTILE)('grows as the text does for %j', (piece) => {
    for (const detect of detectors) {
      const small = countWork(() => detect(filled(piece, 6_000)));
      const large = countWork(() => detect(filled(piece, 24_000)));
      // Four times the text: the square of it would be 16.
      expect(large / small).toBeLessThan(4.5);
    }
  });
});
