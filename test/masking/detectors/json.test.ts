import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector, detectInJson } from '../../../src/masking/detectors/index.js';

const detect = createDetector({ kinds: ['card', 'email', 'phone', 'nationalId', 'ip', 'secret'] });

describe('a detector in JSON', () => {
  it.each([
    [
      'values',
      '{"a": "bob@example.com", "b": ["x", "y bob@example.com"]}',
      '{"a": "[email]", "b": ["x", "y [email]"]}',
    ],
    ['keys', '{"bob@example.com": 1}', '{"[email]": 1}'],
    ['numbers', '[4111111111111111, -1, 1.50, 6304000000000000000]', '["[card]", -1, 1.50, "[card]"]'],
    ['a string alone', ' "bob@example.com"\n', ' "[email]"\n'],
    ['a number alone', '4111111111111111', '"[card]"'],
    ['escaped characters', '{"a":"\\"bob\\u0040example.com\\""}', '{"a":"\\"[email]\\""}'],
    ['what a key announces', '{"homePhone": "030 1234567"}', '{"homePhone": "[phone]"}'],
    ['what a key of a list announces', '{"phones": ["030 1234567", 1]}', '{"phones": ["[phone]", 1]}'],
    ['what a key announces of a number', '{"bsn": 111222333}', '{"bsn": "[nationalId]"}'],
    ['secrets with blanks', '{"password": "a b c"}', '{"password": "[secret]"}'],
  ])('replaces %s', (_, text, masked) => {
    expect(detectInJson(text, detect)).toBe(masked);
  });

  it('leaves what it does not replace as it is, blanks, numbers and repeated keys included', () => {
    const text = '\t{ "a" : 1.0e+2,\r\n "a":12345678901234567890, "\\u00e9": "\\/", "b":{}, "c" : [ ] , "d":null}';
    expect(detectInJson(text, detect)).toBe(text);
  });

  it('takes no key for the context of what is outside its value', () => {
    const text = '{"a": {"phone": 1}, "b": "1.2.3.4", "version": "1.2.3.4", "c": "030 1234567"}';
    expect(detectInJson(text, detect)).toBe(text.replace('"1.2.3.4"', '"[ip]"'));
  });

  it.each(['{"a": bob@example.com', '[bob@example.com]', 'bob@example.com', '"bob@example.com', ''])(
    'takes what is no JSON for plain text: %s',
    (text) => {
      expect(detectInJson(text, detect)).toBe(detect(text));
    },
  );

  it('goes as deep as the text does', () => {
    const deep = `${'['.repeat(50_000)}"bob@example.com"${']'.repeat(50_000)}`;
    expect(detectInJson(deep, detect)).toBe(deep.replace('bob@example.com', '[email]'));
  });

  it('takes any function from text to text', () => {
    expect(detectInJson('{"a": ["b", 1, true]}', (text) => `${text}!`)).toBe('{"a!": ["b!", "1!", true]}');
  });

  it('gives JSON of the same shape for any value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const upper = detectInJson(text, (inner) => (/^[a-z]+$/.test(inner) ? inner.toUpperCase() : inner));
        expect(upper.toUpperCase()).toBe(text.toUpperCase());
        JSON.parse(upper);
      }),
    );
  });
});
