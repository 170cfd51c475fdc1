import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type * as Yaml from 'yaml';

import { FailureError } from '../errors.js';
import { checkOptions } from '../options.js';
import { defineRule } from '../guardrails/define-rule.js';
import { checkPolicy, type Policy } from '../guardrails/policy.js';
import { defaultPolicy, type PresetOptions, presets } from '../guardrails/presets.js';
import { defineMask, type MaskRule } from '../masking/mask-rule.js';
import { type PolicyFile, policyFileSchema } from './policy-schema.js';

/** Only who has a policy in a file pays for loading it. */
const require = createRequire(import.meta.url);
/** A policy is written by hand: what is longer is none. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A policy with the masks that stand in its file. */
export interface LoadedPolicy extends Policy {
  readonly masks: readonly MaskRule[];
}

/**
 * Loads a policy from a JSON or YAML file.
 * @throws FailureError `OPTIONS_INVALID` where it cannot be read, or is wrong: every problem is named
 * @example
 * ```ts
 * const governor = await createGovernor({ policy: await loadPolicy('policy.yaml'), audit });
 * ```
 */
export async function loadPolicy(path: string): Promise<LoadedPolicy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `the policy ${path} cannot be read`, { cause });
  }
  return parsePolicy(text, path);
}

/**
 * Makes a policy of the text of a policy file, in YAML 1.2 or JSON.
 * @param from where the text is from, for messages
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 */
export function parsePolicy(text: string, from = 'policy'): LoadedPolicy {
  if (Buffer.byteLength(text) > MAX_BYTES) throw invalid(from, `is longer than ${MAX_BYTES} bytes`);
  const { parseDocument } = require('yaml') as typeof Yaml;
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw invalid(from, error.message);
  const file = checkOptions(from, policyFileSchema, readDocument(document, from));
  return { ...policyOf(file, from), masks: (file.masks ?? []).map(defineMask) };
}

function readDocument(document: Yaml.Document.Parsed, from: string): unknown {
  try {
    // Aliases are counted: a few of them can stand for gigabytes.
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${from}: ${String(cause)}`, { cause });
  }
}

function policyOf(file: PolicyFile, from: string): Policy {
  const base = baseOf(file, from);
  const own = (file.rules ?? []).map(defineRule);
  const replaced = new Set([...own.map(({ name }) => name), ...(file.disable ?? [])]);
  const missing = (file.disable ?? []).find((name) => !base.rules.some((rule) => rule.name === name));
  if (missing !== undefined) throw invalid(from, `disable: ${file.extends ?? 'no preset'} has no rule ${missing}`);
  return checkPolicy({
    name: file.name,
    rules: [...own, ...base.rules.filter(({ name }) => !replaced.has(name))],
    otherwise: file.otherwise ?? 'deny',
    dryRun: file.dryRun ?? false,
    serverReadOnly: file.serverReadOnly ?? base.serverReadOnly ?? false,
  });
}

function baseOf(file: PolicyFile, from: string): Policy {
  const options: PresetOptions = {
    ...(file.routines !== undefined && { routines: file.routines }),
    ...(file.localInfile !== undefined && { localInfile: file.localInfile }),
    ...(file.multiStatements !== undefined && { multiStatements: file.multiStatements }),
  };
  if (file.extends === undefined) {
    const idle = Object.keys(options).join(', ');
    if (idle !== '') throw invalid(from, `${idle}: without "extends" there is no preset that it is for`);
    return { name: file.name, rules: [] };
  }
  return file.extends === 'default' ? defaultPolicy(options) : presets[file.extends](options);
}

function invalid(from: string, problem: string): FailureError {
  return new FailureError('OPTIONS_INVALID', `${from}: ${problem}`);
}
