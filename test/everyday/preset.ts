import { defaultRules, type Rule } from '../../src/guardrails/index.js';
import type { Preset } from './suite.js';

const READS_AND_BOUNDED_WRITES = defaultRules();
const DEFINITION_TOO = defaultRules({ ddl: true });

/** The rules of a preset. What none should allow is held against the widest. */
export function rulesOf(preset: Preset): readonly Rule[] {
  return preset === 'readOnly' || preset === 'bounded' ? READS_AND_BOUNDED_WRITES : DEFINITION_TOO;
}
