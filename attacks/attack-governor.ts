import { join } from 'node:path';
import type { Rule } from '../src/guardrails/index.js';
import { maskColumn } from '../src/masking/index.js';
import type { GovernorOptions } from '../src/session/index.js';
import { functionTransport } from '../src/transports/index.js';
import type { Attack, FileHeader } from './attack.js';
import { policyFor } from './policies.js';

/** What an attack's statements are judged by. */
export interface AttackGovernorOptions {
  /** The policy: see {@link policyNameOf}. */
  readonly name: string;
  readonly header: FileHeader;
  /** Of the journals. */
  readonly directory: string;
  /** Whether the trusted wrapper speaks. */
  readonly isTrusted: () => boolean;
}

/** The name of the policy that an attack is up against. */
export function policyNameOf({ rule, target }: Attack): string {
  return target === 'masking' ? 'masking' : (rule ?? '');
}

/** The policy, masks and trail for an attack, without an identity. */
export function attackGovernor({
  name,
  header,
  directory,
  isTrusted,
}: AttackGovernorOptions): Omit<GovernorOptions, 'identity'> {
  const policy = policyFor(name);
  const trusted: Rule = {
    name: 'trusted',
    effect: 'allow',
    matches: () => 'it is the wrapper’s own',
    appliesTo: isTrusted,
  };
  const untrusted = policy.rules.map((rule): Rule => ({
    ...rule,
    appliesTo: (circumstances) => !isTrusted() && rule.appliesTo?.(circumstances) !== false,
  }));
  const masks = header.masked.map((column) => maskColumn(`${header.database}.${column}`, 'redact'));
  return {
    audit: { directory: join(directory, name), transports: [functionTransport(() => undefined)] },
    policy: { ...policy, rules: [trusted, ...untrusted] },
    masks: name === 'masking' ? masks : [],
  };
}

/** Says when the trusted wrapper speaks. */
export class Wrapper {
  #speaks = false;

  readonly speaks: () => boolean = () => this.#speaks;

  /** Runs what it does. */
  async as<T>(fn: () => Promise<T>): Promise<T> {
    this.#speaks = true;
    try {
      return await fn();
    } finally {
      this.#speaks = false;
    }
  }
}
