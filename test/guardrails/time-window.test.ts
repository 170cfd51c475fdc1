import { describe, expect, it } from 'vitest';
import { timeMatcher, type TimeWindow } from '../../src/matching/index.js';

const isIn = (window: TimeWindow, time: string): boolean => timeMatcher(window)(Date.parse(time));

describe('a time window', () => {
  it('begins and ends on the minute, in its time zone', () => {
    const office: TimeWindow = { days: ['mon', 'fri'], from: '08:00', to: '18:00', timeZone: 'Europe/Berlin' };
    expect(isIn(office, '2026-11-20T06:59:59Z')).toBe(false); // Friday, 07:59 in Berlin
    expect(isIn(office, '2026-11-20T07:00:00Z')).toBe(true);
    expect(isIn(office, '2026-11-20T16:59:59Z')).toBe(true);
    expect(isIn(office, '2026-11-20T17:00:00Z')).toBe(false);
    expect(isIn(office, '2026-11-19T12:00:00Z')).toBe(false); // Thursday
  });

  it('follows daylight saving time', () => {
    const office: TimeWindow = { from: '08:00', to: '18:00', timeZone: 'Europe/Berlin' };
    expect(isIn(office, '2026-07-01T06:00:00Z')).toBe(true);
    expect(isIn(office, '2026-12-01T06:00:00Z')).toBe(false);
  });

  it('goes over midnight, and belongs to the day that it begins on', () => {
    const night: TimeWindow = { days: ['fri'], from: '22:00', to: '06:00' };
    expect(isIn(night, '2026-11-20T23:00:00Z')).toBe(true);
    expect(isIn(night, '2026-11-21T05:59:00Z')).toBe(true); // Saturday
    expect(isIn(night, '2026-11-21T06:00:00Z')).toBe(false);
    expect(isIn(night, '2026-11-20T05:00:00Z')).toBe(false);
  });

  it('is always where nothing is said', () => {
    expect(isIn({}, '2026-11-20T00:00:00Z')).toBe(true);
    expect(isIn({}, '2026-11-20T23:59:59Z')).toBe(true);
  });

  it('changes its answer with the minute', () => {
    const matches = timeMatcher({ from: '10:00', to: '10:01' });
    expect(matches(Date.parse('2026-11-20T10:00:59.999Z'))).toBe(true);
    expect(matches(Date.parse('2026-11-20T10:01:00.000Z'))).toBe(false);
  });
});
