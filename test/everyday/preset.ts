import { PolicyJudge } from '../../src/guardrails/policy-judge.js';
import { presets } from '../../src/guardrails/presets.js';
import type { Preset } from './suite.js';

const JUDGES: Readonly<Record<Preset, PolicyJudge>> = {
  readOnly: new PolicyJudge(presets.readOnly()),
  bounded: new PolicyJudge(presets.bounded()),
  migration: new PolicyJudge(presets.migration()),
  // What none should allow is held against the widest.
  none: new PolicyJudge(presets.migration()),
};

/** Judges as a session with this preset does. */
export function judgeOf(preset: Preset): PolicyJudge {
  return JUDGES[preset];
}
