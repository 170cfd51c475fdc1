import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../../database/run.js';

const main = fileURLToPath(new URL('../../../examples/orms/main.ts', import.meta.url));

it(
  'each of the examples shows a masked read and a refusal, and all of it is at the collector',
  { timeout: 120_000 },
  async () => {
    const { ok, output } = await run(process.execPath, ['--import', 'tsx', main]);
    expect([ok, output]).toEqual([true, expect.stringContaining('── prisma ─')]);
    const times = (text: string): number => output.split(text).length - 1;
    expect(times('Alice Adams <a***@example.test>')).toBe(7);
    expect(times('Refused by no-unbounded-writes')).toBe(6);
    expect(times('Database error. Code: `1227`')).toBe(1);
  },
);
