import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import type { Attack, AttackFile } from '../../attacks/attack.js';
import { readAttackFile } from '../../attacks/attack-file.js';
import { KNOWN_GAPS } from '../../attacks/known-gaps.js';
import { surprises } from '../../attacks/report.js';
import type { AttackResult } from '../../attacks/run-attack.js';
import { runAttacks, type RunOptions } from '../../attacks/run-attacks.js';

const MINUTES = 60_000;
const { flavour } = inject('database');
const recorded = await readAttackFile(new URL('../../attacks/attacks.jsonl', import.meta.url));
const packets = await readAttackFile(new URL('packets.jsonl', import.meta.url));

const onGuardrails: RunOptions = { only: 'guardrail' };
const fitting = ({ attacks }: AttackFile, only: Attack['target'] = 'guardrail'): Attack[] =>
  attacks.filter(({ target, dialect }) => target === only && (dialect === 'both' || dialect === flavour));

function summaries(results: readonly AttackResult[]): string[] {
  return results.map(({ attack, outcome, detail, answer }) => `${attack.id} ${outcome}: ${detail} (${answer})`);
}

/** Attacks that ran at all: a runner that finds nothing applicable would pass everything. */
function ran(results: readonly AttackResult[]): number {
  return results.filter(({ outcome }) => outcome !== 'not applicable').length;
}

describe('attacks on the guardrails', () => {
  it(
    'are stopped, but for those that are known to get through',
    async () => {
      const results = await runAttacks(recorded, onGuardrails);
      expect(ran(results)).toBe(fitting(recorded).length);
      const wrong = surprises(results, { unprotected: false });
      expect(summaries(wrong.filter(({ attack }) => !KNOWN_GAPS.has(attack.id)))).toEqual([]);
      expect(wrong.map(({ attack }) => attack.id)).toEqual([...KNOWN_GAPS.keys()]);
    },
    5 * MINUTES,
  );

  it(
    'work where nobody guards, and are caught by their oracles',
    async () => {
      const results = await runAttacks(recorded, { ...onGuardrails, unprotected: true });
      expect(ran(results)).toBe(fitting(recorded).length);
      expect(summaries(surprises(results, { unprotected: true }))).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe('attacks on the masks', () => {
  it(
    'are stopped',
    async () => {
      const results = await runAttacks(recorded, { only: 'masking' });
      expect(ran(results)).toBe(fitting(recorded, 'masking').length);
      expect(summaries(surprises(results, { unprotected: false }))).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'work where nobody guards, and are caught by their oracles',
    async () => {
      const results = await runAttacks(recorded, { only: 'masking', unprotected: true });
      expect(summaries(surprises(results, { unprotected: true }))).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe('attacks by hand-made packets', () => {
  it(
    'are stopped',
    async () => {
      const results = await runAttacks(packets);
      expect(ran(results)).toBeGreaterThan(25);
      expect(summaries(surprises(results, { unprotected: false }))).toEqual([]);
    },
    2 * MINUTES,
  );

  it(
    'work where nobody guards, over a connection of their own',
    async () => {
      const results = await runAttacks(packets, { unprotected: true });
      expect(ran(results)).toBe(fitting(packets).length);
      expect(summaries(surprises(results, { unprotected: true }))).toEqual([]);
    },
    2 * MINUTES,
  );

  it(
    'work where nobody guards, through the driver that Countersign governs',
    async () => {
      const results = await runAttacks(packets, { unprotected: true, packetsByDriver: true });
      expect(summaries(surprises(results, { unprotected: true }))).toEqual([]);
    },
    2 * MINUTES,
  );
});

describe('attacks through the proxy', () => {
  it(
    'on the guardrails and the masks are stopped',
    async () => {
      const results = await runAttacks(recorded, { via: 'proxy' });
      expect(ran(results)).toBe(fitting(recorded).length + fitting(recorded, 'masking').length);
      expect(summaries(surprises(results, { unprotected: false }))).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'by hand-made packets are stopped',
    async () => {
      const results = await runAttacks(packets, { via: 'proxy' });
      expect(ran(results)).toBe(fitting(packets).length);
      expect(summaries(surprises(results, { unprotected: false }))).toEqual([]);
    },
    2 * MINUTES,
  );
});

describe('the files of attacks', () => {
  it('have no attack twice, and name only gaps that are theirs', () => {
    const ids = [...recorded.attacks, ...packets.attacks].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...KNOWN_GAPS.keys()]));
  });

  it('are checked', async () => {
    const path = fileURLToPath(new URL('../../package.json', import.meta.url));
    await expect(readAttackFile(path)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(readAttackFile('no-such-file')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});
