import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from '../../scripts/policy-schema.js';
import { presets } from '../../src/guardrails/presets.js';
import { readFromRoot, wordsOfCode } from './named-in.js';

/** Every member that a schema knows, and every text that one may be. */
function namesOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(namesOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'enum' || key === 'const') return [value].flat().filter((one) => typeof one === 'string');
    if (key === 'properties') return [...Object.keys(value as object), ...namesOf(Object.values(value as object))];
    return namesOf(value);
  });
}

/** With every option that adds a rule. */
const options = { routines: ['shop.close_month'], multiStatements: false, localInfile: true };
const builtIn = Object.values(presets).flatMap((preset) => [...preset().rules, ...preset(options).rules]);

/** Names under which the code refuses whatever a policy says. */
function fixedRules(): readonly string[] {
  const files = ['src/session/', 'src/guardrails/'].flatMap((folder) =>
    readdirSync(new URL(`../../${folder}`, import.meta.url)).map((name) => `${folder}${name}`),
  );
  const texts = files.map((file) => readFromRoot(file).replaceAll(/^ *(?:\*|\/\/).*$/gm, ''));
  return texts.flatMap((text) =>
    Array.from(text.matchAll(/\b(?:rule: |RULE = )'([a-z][a-z-]*)'/g), ([, name = '']) => name),
  );
}

describe('docs/policies.md', () => {
  const named = wordsOfCode(readFromRoot('docs/policies.md'));
  const missing = (names: readonly string[]): readonly string[] =>
    [...new Set(names)].filter((name) => !named.has(name)).sort();

  it('names every member of a policy file, and every value that is a word', () => {
    expect(missing(namesOf(policyJsonSchema()))).toEqual([]);
  });

  it('names every preset', () => {
    expect(missing(Object.keys(presets))).toEqual([]);
  });

  it('names every rule of the presets', () => {
    expect(missing(builtIn.map(({ name }) => name))).toEqual([]);
  });

  it('names every rule that holds whatever the policy says', () => {
    expect(missing(fixedRules())).toEqual([]);
  });

  it('is looked through for names that are really there', () => {
    expect(namesOf(policyJsonSchema())).toEqual(
      expect.arrayContaining(['serverReadOnly', 'onExceed', 'truncate', 'unbounded-table', 'formatPreserving']),
    );
    expect(builtIn.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['no-multi-statements', 'listed-routines', 'locks-of-dumps']),
    );
    expect(fixedRules()).toEqual(expect.arrayContaining(['session-state', 'authorization-details', 'identity-tag']));
  });

  it('names nothing but in code', () => {
    const page = 'The word readOnly, `bounded`, and\n\n```yaml\nextends: no-ddl # serverReadOnly\n```\n';
    expect([...wordsOfCode(page)].sort()).toEqual(['bounded', 'extends', 'no-ddl', 'serverReadOnly', 'yaml']);
  });
});
