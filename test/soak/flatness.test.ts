import { describe, expect, it } from 'vitest';
import { flatnessOf, type TimedSample } from '../../bench/soak/flatness.js';
import { trendOf } from '../../bench/soak/trend.js';

const MEBI = 2 ** 20;

/** 61 looks. */
function samplesOf(heapAt: (second: number) => number, minutes = 1): TimedSample[] {
  return Array.from({ length: 61 }, (_, look) => ({
    ...{ seconds: look * minutes, heapBytes: heapAt(look * minutes) },
    ...{ rssBytes: 200 * MEBI, descriptors: 40, journalBytes: 0, pendingBytes: 0 },
  }));
}

function heapOf(samples: readonly TimedSample[]): { isFlat: boolean | undefined; growth: number | undefined } {
  const heap = flatnessOf('some', samples).find(({ what }) => what === 'heap');
  return { isFlat: heap?.isFlat, growth: heap?.growth };
}

describe('a trend', () => {
  it('is that of the second half', () => {
    const points = Array.from(
      { length: 41 },
      (_, second) => [second, second < 20 ? second * 100 : 2_000 + second] as const,
    );
    expect(trendOf(points)).toMatchObject({ growth: 20 });
  });

  it('does not follow a few values that stand out', () => {
    const points = Array.from({ length: 41 }, (_, second) => [second, second % 9 === 8 ? 9_000 : 10] as const);
    expect(trendOf(points)).toEqual({ median: 10, growth: 0 });
  });

  it('is not made of too few points', () => {
    expect(() => trendOf([[0, 1]])).toThrow(RangeError);
  });
});

describe('a process', () => {
  it('is flat where its heap goes up and down', () => {
    expect(heapOf(samplesOf((second) => 40 * MEBI + (second % 7) * MEBI)).isFlat).toBe(true);
  });

  it('is flat where its heap grew in the first half only', () => {
    expect(heapOf(samplesOf((second) => Math.min(second, 25) * MEBI)).isFlat).toBe(true);
  });

  it.each([
    [1, 1.2],
    [10, 0.02],
    [60, 0.003],
  ])('is not flat where its heap leaks: in %d minutes, %d MB a second', (minutes, leak) => {
    const heap = (second: number): number => 40 * MEBI + second * leak * MEBI + (second % 7) * 0.3 * MEBI;
    expect(heapOf(samplesOf(heap, minutes)).isFlat).toBe(false);
  });

  it('may still get ready in a minute, but not in an hour', () => {
    const ready = (minutes: number): TimedSample[] =>
      samplesOf((second) => (40 + (8 * second) / (30 * minutes)) * MEBI, minutes);
    expect([1, 5, 10, 60].map((minutes) => heapOf(ready(minutes)).isFlat)).toEqual([true, true, false, false]);
  });

  it('is not flat where it leaves a descriptor open now and then', () => {
    const leaking = samplesOf(() => 40 * MEBI).map((sample) => ({
      ...sample,
      descriptors: 40 + Math.floor(sample.seconds / 2),
    }));
    expect(flatnessOf('some', leaking).filter(({ isFlat }) => !isFlat)).toMatchObject([{ what: 'descriptors' }]);
  });

  it('is judged without descriptors where the system does not tell them', () => {
    const untold = samplesOf(() => 40 * MEBI).map((sample) => ({ ...sample, descriptors: undefined }));
    expect(flatnessOf('some', untold).map(({ what }) => what)).toEqual(['heap', 'memory']);
  });
});
