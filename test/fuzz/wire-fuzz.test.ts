import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startAgents } from '../governed/agents.js';
import { fuzzWire } from './wire-fuzz.js';

const PACKETS = 30_000;

it.each([1, randomInt(2 ** 31)])(
  'the governed wire takes whatever the fuzzer makes of seed %s',
  async (seed) => {
    const agents = await startAgents();
    const directory = await mkdtemp(join(tmpdir(), 'countersign-wire-fuzz-'));
    const report = await fuzzWire({ seed, from: 0, to: PACKETS }, await agents.identity('anna'), directory);
    expect(report.failures).toEqual([]);
    expect(report.packets).toBe(PACKETS);
    expect(report.forwarded).toBeGreaterThan(PACKETS / 20);
    await agents.stop();
    await rm(directory, { recursive: true, force: true });
  },
  120_000,
);
