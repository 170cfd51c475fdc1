import { describe, expect, inject, it } from 'vitest';
import type { AttackFile } from '../../attacks/attack.js';
import { readAttackFile } from '../../attacks/attack-file.js';
import { KNOWN_GAPS } from '../../attacks/known-gaps.js';
import { type RunOptions, runAttacks } from '../../attacks/run-attacks.js';
import { Random } from '../fuzz/random.js';
import { mutate } from './mutate.js';

const MINUTES = 60_000;
const { flavour } = inject('database');
const recorded = await readAttackFile(new URL('../../attacks/attacks.jsonl', import.meta.url));
const onGuardrails: RunOptions = { only: 'guardrail' };
const textual = recorded.attacks.filter(
  ({ id, target, dialect, via }) =>
    target === 'guardrail' &&
    (dialect === 'both' || dialect === flavour) &&
    (via === 'query' || via === 'execute' || via === 'multi') &&
    !KNOWN_GAPS.has(id),
);

function mutated(seed: number): AttackFile {
  return { ...recorded, attacks: textual.map((attack, index) => mutate(attack, new Random(seed, index))) };
}

describe('attacks on the guardrails, written otherwise', () => {
  it.each([1, 2])(
    'are stopped as well (seed %i)',
    async (seed) => {
      const results = await runAttacks(mutated(seed), onGuardrails);
      expect(results.length).toBe(textual.length);
      const through = results.filter(({ outcome }) => outcome !== 'stopped');
      expect(through.map(({ attack, outcome, detail }) => [attack.id, outcome, detail, attack.attack])).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'are still attacks',
    async () => {
      const results = await runAttacks(mutated(1), { ...onGuardrails, unprotected: true });
      const dead = results.filter(({ outcome }) => outcome !== 'through').map(({ attack }) => attack.attack);
      // Some do not survive it: where white space matters, or a comment.
      expect(dead.length > results.length / 10 ? dead : []).toEqual([]);
    },
    5 * MINUTES,
  );
});
