import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/index.js';
import { readAuthorizations } from '../../src/identity/authorization-details.js';

const guide = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');

/** The blocks of one language. */
function blocks(language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);
}

describe('the guide to policies', () => {
  it('shows policies that are right', () => {
    const policies = blocks('yaml');
    expect(policies.length).toBeGreaterThan(1);
    for (const text of policies) {
      const whole = text.includes('version: 1') ? text : `version: 1\nname: p\n${text}`;
      expect(parsePolicy(whole).rules.length, text).toBeGreaterThan(0);
    }
  });

  it('shows authorization details that are right', () => {
    const [claims = '{}'] = blocks('json');
    const { authorization_details: details } = JSON.parse(claims) as { authorization_details?: unknown };
    expect(readAuthorizations(details)).toHaveLength(2);
  });

  it('names every fact', async () => {
    const { factNames } = await import('../../src/guardrails/index.js');
    for (const name of factNames) expect(guide).toContain(`\`${name}\``);
  });
});
