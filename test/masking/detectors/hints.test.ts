import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetectorKind } from '../../../src/masking/detectors/index.js';
import { findersOf } from '../../../src/masking/detectors/finders.js';
import { Hint, readHints } from '../../../src/masking/detectors/hints.js';

const kinds: readonly DetectorKind[] = ['card', 'iban', 'email', 'phone', 'nationalId', 'ip', 'jwt', 'secret'];
const finders = kinds.flatMap((kind) => findersOf(kind, 'DE'));

describe('the hints of a text', () => {
  it('are none for prose', () => {
    expect(
      readHints('The parcel of May 5 came late, and 3 of 12 boxes (the blue ones) were open. Nobody asked why.'),
    ).toBe(0);
    expect(readHints('')).toBe(0);
  });

  it.each([
    ['a@b', Hint.AT],
    ['a%40b', Hint.AT],
    ['12 34-56', Hint.DIGITS_6],
    ['123.45(67)', Hint.DIGITS_6 | Hint.DIGITS_7],
    ['1234\u00a05678\u201190123', Hint.DIGITS_6 | Hint.DIGITS_7 | Hint.DIGITS_13],
    ['a1', Hint.LETTER_DIGIT],
    ['1.2.3.4', Hint.DOTS],
    ['::', Hint.COLONS | Hint.ASSIGNMENT],
    ['a=b', Hint.ASSIGNMENT],
    ['eyJ', Hint.TOKEN],
    ['a.b-c_d+e~f/ghijk', Hint.LONG_WORD],
    ['---', Hint.DASHES],
  ])('are those of %j', (text, hints) => {
    expect(readHints(text)).toBe(hints);
  });

  it('are given wherever something is found', () => {
    const found = fc.constantFrom(
      ...[
        '4111 1111 1111 1111',
        '378282246310005',
        'DE89 3704 0044 0532 0130 00',
        'NO9386011117947',
        'a@b.cd',
        'a%40b.cd',
      ],
      ...[
        '+49 30 1234567',
        'tel 123-4567',
        '030/1234567',
        '078051120 ssn',
        'X1234567L',
        'RSSMRA85T10A562S',
        'nino AB123456C',
      ],
      ...[
        '10.0.0.1',
        '::1',
        '2001:db8::1',
        'eyJhbGciOiJub25lIn0.e30.',
        `Bearer ${'a/b+c.'.repeat(4)}`,
        'xoxb-123456789012',
      ],
      ...[`ghp_${'a'.repeat(36)}`, 'pwd=a', 'a://b:c@d', '-----BEGIN PRIVATE KEY-----', '12345678Z', '44051401359'],
    );
    const noise = fc.string({
      minLength: 1,
      maxLength: 3,
      unit: fc.constantFrom(...Array.from(' \n.,-_:;/()@+=\u00a0é1aZ')),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(found, noise), { maxLength: 6 }), (pieces) => {
        const text = pieces.join('');
        const hints = readHints(text);
        for (const finder of finders) if (finder.find(text).length > 0) expect(hints & finder.hints).not.toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
