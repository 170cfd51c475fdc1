import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/masking/detectors/index.js';

describe('mail addresses', () => {
  const detect = createDetector({ kinds: ['email'] });

  it.each([
    ['ask bob@example.com.', 'ask [email].'],
    ['<Bob.O\'Brien+x@mail.example.co.uk>, "eve@example.org"', '<[email]>, "[email]"'],
    ['mailto:bob@example.com?subject=x', 'mailto:[email]?subject=x'],
    ['?mail=bob%40example.com&x=1', '?mail=[email]&x=1'],
    ['müller@bücher.de and bob@xn--bcher-kva.xn--p1ai', '[email] and [email]'],
    ['用户@例子.广告', '[email]'],
    ['邮箱bob@example.com请', '邮箱[email]请'],
    ['bob@example.com-x, a-eve@example.com', '[email]-x, [email]'],
    ['bob@example.com_x', '[email]_x'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    'lodash@4.17.21',
    '@bob and bob@',
    'bob@localhost',
    'a @ b.com',
    '@example.com',
    'bob@example.c',
    '50% of 40',
  ])('are not seen in %s', (text) => {
    expect(detect(text)).toBe(text);
  });
});

describe('phone numbers', () => {
  const detect = createDetector({ kinds: ['phone'] });
  const inGermany = createDetector({ kinds: ['phone'], defaultRegion: 'DE' });
  const inUsa = createDetector({ kinds: ['phone'], defaultRegion: 'US' });

  it.each([
    ['reach us on +49 30 1234567, always', 'reach us on [phone], always'],
    ['(+49 30 1234567)', '([phone])'],
    ['(+49) 30 1234567', '[phone]'],
    ['+49 (0)30 - 1234567', '[phone]'],
    ['+1 (202) 555-0123 2 times', '[phone] 2 times'],
    ['+12025550123', '[phone]'],
    ['+33 6 12 34 56 78/+33 6 12 34 56 79', '[phone]/[phone]'],
    ['+49 30 1234567-Berlin', '[phone]-Berlin'],
    ['phone +999 1234 5678', 'phone [phone]'],
    ['tel: 555-1234', 'tel: [phone]'],
    ['Telefon (030) 1234567.', 'Telefon [phone].'],
    ['call me at 07911 123456', 'call me at [phone]'],
    ['phone_number 2025550123', 'phone_number [phone]'],
    ['030 1234567 (mobile)', '[phone] (mobile)'],
    ['тел. 8 495 123-45-67', 'тел. [phone]'],
    ['电话03012345678', '电话[phone]'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    ['without a sign that they are', '030 1234567'],
    ['of no country', '+999 1234 5678'],
    ['that are sums', '1+2345678901'],
    ['that are too short', 'tel 123 45'],
    ['that are dates', 'phone call on 2024-01-15 or 15.01.2024'],
    ['that are decimals', 'call 3.14159265358'],
    ['that are addresses', 'mobile 192.168.100.200'],
    ['near no word but a part of one', 'he recalls 1234567 hotels'],
  ])('are not seen in digits %s', (_, text) => {
    expect(detect(text)).toBe(text);
  });

  it('of the default region need no word', () => {
    expect(inGermany('030 1234567 oder 0171/1234567')).toBe('[phone] oder [phone]');
    expect(inGermany('0049 30 1234567')).toBe('[phone]');
    expect(inUsa('(202) 555-0123, 1-202-555-0123 or 2025550123')).toBe('[phone], [phone] or [phone]');
    expect(inUsa('48213 202 555 0123')).toBe('48213 [phone]');
  });

  it.each([
    'number 1700000000',
    'at 1644334172001',
    '2024-01-15 10',
    '481a7be1-85b4-46ff-86fb-029179104954',
    '16871533-5753-417e-bca7-556385cb840e',
    '0.34043412770781',
    '12 12 12 12 12 12 12 12',
  ])('of the default region have all digits that are dialled, unlike %s', (text) => {
    expect(inGermany(text)).toBe(text);
  });
});
