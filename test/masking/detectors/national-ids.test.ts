import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/masking/detectors/index.js';

const detect = createDetector({ kinds: ['nationalId'] });

describe('national identification numbers', () => {
  it.each([
    ['US', 'his SSN is 078-05-1120.', 'his SSN is [nationalId].'],
    ['US', 'social security number: 078051120', 'social security number: [nationalId]'],
    ['US', '078 05 1120 (ssn)', '[nationalId] (ssn)'],
    ['Spanish', 'DNI 12345678Z, 12.345.678-z', 'DNI [nationalId], [nationalId]'],
    ['Spanish', 'NIE X1234567L y Y-1234567-X', 'NIE [nationalId] y [nationalId]'],
    ['French', 'NIR 2 55 08 14 168 025 38', 'NIR [nationalId]'],
    ['French', '255081416802538 et 1 85 05 2A 006 084 35', '[nationalId] et [nationalId]'],
    ['German', 'IdNr. 86095742719 und 65 929 970 489', 'IdNr. [nationalId] und [nationalId]'],
    ['Italian', 'CF RSSMRA85T10A562S, rssmra 85t10 a562s', 'CF [nationalId], [nationalId]'],
    ['Italian', 'omocodia RSSMRA85T10A56NH', 'omocodia [nationalId]'],
    ['Dutch', 'BSN 111222333, burgerservicenummer 1112.22.333', 'BSN [nationalId], burgerservicenummer [nationalId]'],
    ['Polish', 'PESEL 44051401359', 'PESEL [nationalId]'],
    ['Brazilian', 'CPF 529.982.247-25 ou 52998224725', 'CPF [nationalId] ou [nationalId]'],
    ['British', 'NI number AB 12 34 56 C', 'NI number [nationalId]'],
    ['British', 'National Insurance: ab123456c', 'National Insurance: [nationalId]'],
  ])('that are %s are replaced: %s', (_, text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    ['without the word', '078-05-1120 111222333 AB123456C'],
    ['near part of a word only', 'assnot 078-05-1120'],
    ['which the US never give out', 'ssn 000-05-1120, 666-05-1120, 900-05-1120, 078-00-1120, 078-05-0000'],
    ['with a wrong letter', '12345678A X1234567A RSSMRA85T10A562T'],
    ['with a wrong key', '2 55 08 14 168 025 39'],
    ['of a month that is none', '2 55 13 14 168 025 42'],
    ['with a wrong check digit', '86095742718 44051401358 529.982.247-26 bsn 111222334'],
    ['of one digit', '111.111.111-11 00000000000'],
    ['with a prefix that is not used', 'nino BG123456C QQ123456C'],
    ['within codes', 'x12345678Z 112345678Z 44051401359a'],
    ['behind a decimal point', '0.44051401359'],
  ])('are not seen in codes %s', (_, text) => {
    expect(detect(text)).toBe(text);
  });
});
