import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDetector,
  type CustomDetector,
  type Detect,
  type DetectorKind,
  type DetectorOptions,
  type Span,
} from '../../../src/masking/detectors/index.js';

const kinds: readonly DetectorKind[] = ['card', 'iban', 'email', 'phone', 'nationalId', 'ip', 'jwt', 'secret'];
const detect = createDetector({ kinds });

/** Finds what stands between two characters, these included. */
const between = (name: string, open: string, close: string): CustomDetector => ({
  name,
  *find(text) {
    const start = text.indexOf(open);
    const end = text.indexOf(close, start + 1);
    if (start >= 0 && end >= 0) yield { start, end: end + 1 };
  },
});

describe('a detector', () => {
  it('replaces all that it looks for, and nothing else', () => {
    const text =
      'Zoë 👩‍💻 <zoe@example.com> paid 4111 1111 1111 1111 from DE89 3704 0044 0532 0130 00 at 10.0.0.1\u2028✓';
    expect(detect(text)).toBe('Zoë 👩‍💻 <[email]> paid [card] from [iban] at [ip]\u2028✓');
    expect(createDetector({ kinds: ['email'] })(text)).toBe(text.replace('zoe@example.com', '[email]'));
  });

  it.each([
    'order 4111111111111112 of 2024-01-15T10:30:00.000Z, 19.99 EUR, $1,234.56',
    'at 1700000000, 1700000000000 or 1700000000000000',
    '550e8400-e29b-41d4-a716-446655440000 12345678-1234-4123-8123-123456789012',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 d41d8cd98f00b204e9800998ecf8427e',
    'v1.2.3, 10.15.7, version 1.2.3.4, node@20.11.1, C++17',
    'ISBN 978-3-16-148410-0, EAN 4006381333931, 52.5200066, 13.404954',
    'SELECT a::int FROM t WHERE b = 123456789 -- note: done',
    '',
  ])('leaves alone: %s', (text) => {
    expect(detect(text)).toBe(text);
  });

  it('takes the context for words before the text', () => {
    expect(detect('030 1234567')).toBe('030 1234567');
    expect(detect('030 1234567', 'workPhone')).toBe('[phone]');
    expect(detect('1.2.3.4', 'app_version')).toBe('1.2.3.4');
    expect(detect('078-05-1120', 'ssn')).toBe('[nationalId]');
    expect(detect('bob@example.com', 'eve@example.com')).toBe('[email]');
  });

  it('changes nothing outside of what it replaces', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('[', '')),
      fc.constantFrom(
        '4111111111111111',
        'bob@example.com',
        '+49 30 1234567',
        '::1',
        'password=x',
        'tel ',
        '12345678Z',
      ),
      fc.constantFrom('DE89 3704 0044 0532 0130 00', ' ', '-', '"', '@', '\\', '\ud800', '.'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const kept = detect(text).split(new RegExp(`\\[(?:${kinds.join('|')})\\]`));
        const rest = kept.reduce((from, part) => (from < 0 ? from : endOf(text, part, from)), 0);
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(text.startsWith(kept[0] ?? '') && text.endsWith(kept.at(-1) ?? '')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

function endOf(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? -1 : at + part.length;
}

describe('spans that overlap', () => {
  it('become one that the longest names', () => {
    const custom = [between('angle', '<', '>'), between('brace', '{', '}')];
    const both = createDetector({ kinds: ['card'], custom });
    expect(both('a <b {c> d e f} g')).toBe('a [brace] g');
    expect(both('a <b {c d e f> d} g')).toBe('a [angle] g');
    expect(both('<4111111111111111>')).toBe('[angle]');
  });

  it('are named by the first of several of one length', () => {
    const custom = [between('one', '<', '>'), between('two', '<', '>')];
    expect(createDetector({ kinds: ['card'], custom })('<a>')).toBe('[one]');
    expect(createDetector({ kinds: ['card', 'secret'] })('password=4111111111111111')).toBe('password=[card]');
    expect(createDetector({ kinds: ['secret', 'card'] })('password=4111111111111111')).toBe('password=[secret]');
  });

  it('stay apart where they only touch', () => {
    const custom = [between('one', '<', '>'), between('two', '{', '}')];
    expect(createDetector({ kinds: ['card'], custom })('<a>{b}')).toBe('[one][two]');
  });
});

describe('a custom detector', () => {
  const withFind = (find: CustomDetector['find']): Detect =>
    createDetector({ kinds: ['card'], custom: [{ name: 'own', find }] });

  it('finds in any order, and nothing in empty spans', () => {
    const find = (): Span[] => [
      { start: 4, end: 6 },
      { start: 3, end: 3 },
      { start: 0, end: 2 },
    ];
    expect(withFind(find)('abcdef')).toBe('[own]cd[own]');
  });

  it('sees the text without its context', () => {
    const find = (text: string): Span[] => [{ start: 0, end: text.length }];
    expect(createDetector({ kinds: ['card'], custom: [{ name: 'own', find }] })('abc', 'name')).toBe('[own]');
  });

  it.each([
    [-1, 2],
    [0, 7],
    [3, 2],
    [0.5, 2],
    [Number.NaN, 2],
  ])('is refused where its span is not in the text: %d to %d', (start, end) => {
    expect(() => withFind(() => [{ start, end }])('abcdef')).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringContaining('the detector own gave') }),
    );
  });
});

describe('options of a detector', () => {
  it.each([
    [{ kinds: [] }, /kinds: must name one kind at least/],
    [{}, /kinds/],
    [{ kinds: 'card' }, /kinds: must be an array/],
    [{ kinds: ['card', 'visa'] }, /kinds\.1: must be one of card, iban, email/],
    [{ kinds: ['phone'], defaultRegion: 'Germany' }, /defaultRegion: must be a country in two capital letters/],
    [{ kinds: ['card'], region: 'DE' }, /region: there is no such option/],
    [{ kinds: ['card'], custom: [{ name: 'a b', find: () => [] }] }, /custom\.0\.name: must be 1 to 64/],
    [
      { kinds: ['card'], custom: [{ name: 'card', find: () => [] }] },
      /custom\.0\.name: must not be the name of a kind/,
    ],
    [{ kinds: ['card'], custom: [{ name: 'own', find: /x/ }] }, /custom\.0\.find: must be a function/],
    [
      { kinds: ['card'], custom: [between('own', '<', '>'), between('own', '{', '}')] },
      /custom: two have the same name/,
    ],
  ])('are refused where they are wrong: %j', (options, message) => {
    expect(() => createDetector(options as DetectorOptions)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
