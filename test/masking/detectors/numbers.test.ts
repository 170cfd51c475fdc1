import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/masking/detectors/index.js';

describe('card numbers', () => {
  const detect = createDetector({ kinds: ['card'] });

  it.each([
    ['paid with 4111111111111111 today', 'paid with [card] today'],
    ['4111 1111 1111 1111', '[card]'],
    ['4111-1111-1111-1111', '[card]'],
    ['4111\u00a01111\u00a01111\u00a01111', '[card]'],
    ['Amex 3782 822463 10005, 12/27', 'Amex [card], 12/27'],
    ['3782-822463-10005', '[card]'],
    ['Diners 3056 930902 5904', 'Diners [card]'],
    ['Mastercard 5555555555554444 and 2223003122003222', 'Mastercard [card] and [card]'],
    ['old Visa 4222222222222', 'old Visa [card]'],
    ['UnionPay 6250 9410 0652 8599 and JCB 3530111333300000', 'UnionPay [card] and JCB [card]'],
    ['Maestro 6759649826438453', 'Maestro [card]'],
    ['nineteen digits 6304 0000 0000 0000 000', 'nineteen digits [card]'],
    ['card_4111111111111111.', 'card_[card].'],
    ['2x 1 4111 1111 1111 1111 12 27', '2x 1 [card] 12 27'],
    ['卡号4111111111111111请', '卡号[card]请'],
    ['4111111111111111\n5555555555554444', '[card]\n[card]'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    ['whose check digit is wrong', 'order 4111111111111112'],
    ['of no issuer', 'order 1111111111111117'],
    ['within longer numbers', '94111111111111111000001'],
    ['within codes', 'a4111111111111111 4111111111111111b'],
    ['behind a decimal point', '0.4111111111111111'],
    ['with other separators', '4111.1111.1111.1111'],
    ['with two separators', '4111 1111-1111 1111'],
    ['in small groups', '41 11 11 11 11 11 11 11'],
    ['that are bar codes', 'EAN 4006381333931 and 4000417025005'],
  ])('are not seen in digits %s', (_, text) => {
    expect(detect(text)).toBe(text);
  });
});

describe('bank account numbers', () => {
  const detect = createDetector({ kinds: ['iban'] });

  it.each([
    ['to DE89370400440532013000 please', 'to [iban] please'],
    ['DE89 3704 0044 0532 0130 00 and more', '[iban] and more'],
    ['IBAN: NL91ABNA0417164300.', 'IBAN: [iban].'],
    ['gb29 nwbk 6016 1331 9268 19', '[iban]'],
    ['FR14-2004-1010-0505-0001-3M02-606', '[iban]'],
    ['ref-NO9386011117947', 'ref-[iban]'],
    ['MT84 MALT 0110 0001 2345 MTLC AST0 01S', '[iban]'],
    ['从DE89370400440532013000汇款', '从[iban]汇款'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    ['whose check digits are wrong', 'DE88370400440532013000'],
    ['that are too short', 'DE8937040044053201300'],
    ['that are too long', 'DE893704004405320130001'],
    ['of a country that has none', 'US89370400440532013000'],
    ['of groups such as those of a UUID', '03b0a1c5-1169-4c38-be37-f9f1516f3af1 be600351-a8f0-4a73-9196-5d7ec88fc90d'],
  ])('are not seen in codes %s', (_, text) => {
    expect(detect(text)).toBe(text);
  });
});
