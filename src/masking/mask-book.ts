import { callerMatcher, type Circumstances } from '../matching/index.js';
import { MaskPolicy } from './mask-policy.js';
import type { MaskRule } from './mask-rule.js';

/** What a rule means to a caller. */
const MASKED = 'm';
const PLAIN = 'p';
const DENIED = 'd';

type MeaningOf = (circumstances: Circumstances | undefined) => string;

/** The masks of one governor: which of them hold depends on who asks, for what, and when. */
export class MaskBook {
  readonly #rules: readonly MaskRule[];
  /** Undefined where every rule means the same to everybody. */
  readonly #meanings: readonly MeaningOf[] | undefined;
  readonly #policies = new Map<string, MaskPolicy>();

  constructor(rules: readonly MaskRule[]) {
    this.#rules = rules;
    const differs = rules.some(({ plainFor, deniedTo }) => plainFor !== undefined || deniedTo !== undefined);
    this.#meanings = differs ? rules.map(meaningOf) : undefined;
  }

  /** The masks of every caller; undefined where they depend on who it is. */
  get ofEverybody(): MaskPolicy | undefined {
    return this.#meanings === undefined ? this.of(undefined) : undefined;
  }

  /** The masks that hold for a caller; all of them where nobody knows who it is. There are as many as there are sets of rules. */
  of(circumstances: Circumstances | undefined): MaskPolicy {
    const key = this.#meanings === undefined ? '' : this.#meanings.map((meaning) => meaning(circumstances)).join('');
    let policy = this.#policies.get(key);
    if (policy === undefined) {
      policy = this.#policyOf(key);
      this.#policies.set(key, policy);
    }
    return policy;
  }

  #policyOf(key: string): MaskPolicy {
    if (key === '') return new MaskPolicy(this.#rules);
    const denied = this.#rules.filter((_, index) => key[index] === DENIED);
    return new MaskPolicy(
      this.#rules,
      new Set(denied),
      new Set(this.#rules.filter((_, index) => key[index] === PLAIN)),
    );
  }
}

/** Who may not read a column may not, whoever else may. */
function meaningOf({ plainFor, deniedTo }: MaskRule): MeaningOf {
  const isPlain = plainFor && callerMatcher(plainFor);
  const isDenied = deniedTo && callerMatcher(deniedTo);
  return (circumstances) => {
    if (circumstances === undefined) return isDenied === undefined ? MASKED : DENIED;
    if (isDenied?.(circumstances) === true) return DENIED;
    return isPlain?.(circumstances) === true ? PLAIN : MASKED;
  };
}
