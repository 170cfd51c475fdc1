import { randomInt } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { Analysis } from '../../src/sql/analysis.js';
import { fuzz, type FuzzOrder } from './fuzz-run.js';
import { fuzzInput } from './inputs.js';
import { fuzzServer } from './server-fuzz.js';

const INPUTS = 6_000;
const randomSeed = randomInt(2 ** 31);

function orderOf(seed: number): FuzzOrder {
  return { seed, from: 0, to: INPUTS, step: 1, analyseEvery: 8, maxBytes: 100_000 };
}

describe('lexer, fingerprint and analysis', () => {
  for (const seed of [1, randomSeed]) {
    it(`take whatever the fuzzer makes of seed ${String(seed)}`, () => {
      const { failures, inputs, analysed } = fuzz(orderOf(seed));
      expect(failures).toEqual([]);
      expect(inputs).toBe(INPUTS);
      expect(analysed).toBeGreaterThanOrEqual(INPUTS / 8);
    }, 120_000);
  }
});

describe('the fuzzer', () => {
  it('makes the same input again, and another for another index', () => {
    const texts = Array.from({ length: 100 }, (_, index) => fuzzInput(1, index, 1_000).bytes.toString('latin1'));
    expect(texts).toEqual(
      Array.from({ length: 100 }, (_, index) => fuzzInput(1, index, 1_000).bytes.toString('latin1')),
    );
    expect(new Set(texts).size).toBeGreaterThan(80);
  });

  it('finds what fails, and makes it as short as it can be', () => {
    const check = ({ bytes }: { readonly bytes: Buffer }): string | undefined => {
      if (bytes.includes('/*!')) throw new RangeError('a versioned comment');
      return undefined;
    };
    const { failures } = fuzz(orderOf(1), () => ({ check }));
    expect(failures.length).toBeGreaterThan(0);
    for (const { text, what } of failures)
      expect([text, what]).toEqual(['/*!', 'threw RangeError: a versioned comment']);
  });

  it('finds what is slow each time', () => {
    let slow: string | undefined;
    const check = ({ bytes }: { readonly bytes: Buffer }): undefined => {
      const text = bytes.toString('latin1');
      slow ??= text;
      if (text !== slow) return;
      const { user } = process.cpuUsage();
      while (process.cpuUsage().user < user + 60_000);
    };
    const { tooSlow, failures } = fuzz({ ...orderOf(1), to: 300 }, () => ({ check }));
    expect(failures).toEqual([]);
    expect(tooSlow).toHaveLength(1);
  });
});

describe.skipIf(!inject('database').owned)('the server', () => {
  it('keeps all its data whatever is run that is understood as a read', async () => {
    const { text, isClean, executed } = await fuzzServer({ seed: randomSeed, from: 0, to: 4_000 });
    expect(isClean, text).toBe(true);
    expect(executed, text).toBeGreaterThan(80);
  }, 120_000);

  it('shows a change where a function or a sequence is believed to be harmless', async () => {
    const isSelect = ({ kind, file }: Analysis): boolean => kind === 'select' && !file;
    const { text, isClean } = await fuzzServer({ seed: 1, from: 0, to: 4_000 }, isSelect);
    expect(isClean).toBe(false);
    expect(text).toContain('changed the server');
    expect(text).toMatch(/f\(|NEXT ?VAL/i);
  }, 120_000);

  it('shows a change where a write is believed to be harmless', async () => {
    const isDelete = ({ kind }: Analysis): boolean => kind === 'delete';
    const { text, isClean } = await fuzzServer({ seed: 1, from: 0, to: 400 }, isDelete);
    expect(isClean).toBe(false);
    expect(text).toContain('changed the server');
  }, 120_000);
});
