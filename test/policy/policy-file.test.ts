import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPolicy, parsePolicy } from '../../src/policy/index.js';
import { verdictOf } from '../guardrails/judged.js';

const YAML = `
version: 1
name: shop-agents
extends: bounded
disable: [no-multi-statements]
multiStatements: false
routines: [shop.close_month]
rules:
  - name: customers-by-support
    effect: deny
    reason: Only support reads customers.
    match: { tables: ['*.customers'] }
    exceptFor: { groups: [support] }
  - name: deletes-are-approved
    effect: approve
    match: { operations: [DELETE], tables: ['shop.orders'], access: write }
  - name: no-ddl
    effect: deny
    match: { facts: [ddl] }
    exceptFor: { groups: [migrators] }
  - name: schema-changes
    effect: allow
    match: { facts: [ddl] }
`;

describe('a policy file', () => {
  const policy = parsePolicy(YAML);

  it('puts its rules before those of the preset that it extends', () => {
    expect(verdictOf(policy, 'SELECT * FROM orders')).toMatchObject({ effect: 'allow', rule: 'reads' });
    expect(verdictOf(policy, 'SELECT * FROM customers')).toMatchObject({
      effect: 'deny',
      rule: 'customers-by-support',
      reason: 'Only support reads customers.',
    });
    expect(verdictOf(policy, 'SELECT * FROM customers', { identity: { groups: ['support'] } }).effect).toBe('allow');
    expect(verdictOf(policy, 'DELETE FROM orders WHERE id = 1')).toMatchObject({ effect: 'approve' });
    expect(verdictOf(policy, 'DELETE FROM orders')).toMatchObject({ effect: 'deny', rule: 'no-unbounded-writes' });
    expect(verdictOf(policy, 'CALL shop.close_month()')).toMatchObject({ effect: 'allow', rule: 'calls' });
  });

  it('replaces and disables rules of the preset', () => {
    expect(verdictOf(policy, 'DROP TABLE orders')).toMatchObject({ effect: 'deny', rule: 'no-ddl' });
    expect(verdictOf(policy, 'DROP TABLE orders', { identity: { groups: ['migrators'] } }).effect).toBe('allow');
    expect(verdictOf(policy, 'SELECT 1; SELECT 2').effect).toBe('allow');
  });

  it('can be JSON, and is read from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-policy-'));
    const path = join(folder, 'policy.json');
    await writeFile(path, JSON.stringify({ version: 1, name: 'p', extends: 'readOnly' }));
    const readOnly = await loadPolicy(path);
    await rm(folder, { recursive: true });
    expect(verdictOf(readOnly, 'SELECT * FROM orders').effect).toBe('allow');
    expect(verdictOf(readOnly, 'DELETE FROM orders WHERE id = 1')).toMatchObject({ rule: 'no-writes' });
    await expect(loadPolicy(path)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining(path) as string,
    });
  });

  it.each([
    ['version: 2\nname: p', 'version: must be 1'],
    ['version: 1\nname: P!', 'name: must be 1 to 64 lower case'],
    ['version: 1\nname: p\nrule: []', 'rule: there is no such option'],
    ['version: 1\nname: p\nrules: [{name: r, effect: forbid}]', 'rules.0.effect'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny, match: {tables: [orders]}}]', 'must be schema.table'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny, match: {facts: [ddl, evil]}}]', 'rules.0.match.facts.1'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny, match: {table: [a.b]}}]', 'there is no such option'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny, for: {time: {from: "8:00"}}}]', 'must be HH:MM'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny, for: {time: {timeZone: Mars}}}]', 'IANA time zone'],
    ['version: 1\nname: p\nrules: [{name: r, effect: deny}, {name: r, effect: warn}]', 'two rules are named r'],
    ['version: 1\nname: p\nmasks: [{columns: [email]}]', 'masks.0.columns.0: must be schema.table.column'],
    ['version: 1\nname: p\nmasks: [{columns: [a.b.c], mask: blur}]', 'masks.0.mask: must be a masker'],
    ['version: 1\nname: p\nmasks: [{columns: [a.b.c], mask: {bucket: 0}}]', 'masks.0.mask'],
    ['version: 1\nname: p\nmasks: [{mask: email}]', 'a mask needs columns or tags'],
    [
      'version: 1\nname: p\nmasks: [{tags: [x], plainFor: {group: [y]}}]',
      'masks.0.plainFor.group: there is no such option',
    ],
    ['version: 1\nname: p\nextends: bounded\ndisable: [nothing]', 'has no rule nothing'],
    ['version: 1\nname: p\nroutines: [f]', 'without "extends"'],
    ['version: 1\nname: p\nname: q', 'unique'],
    ['version: 1\nname: [', 'Flow sequence'],
    ['just text', 'Expected Object'],
  ])('names what is wrong: %j', (text, problem) => {
    const refused = expect.objectContaining({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining(problem) as string,
    }) as Error;
    expect(() => parsePolicy(text, 'policy.yaml')).toThrow(refused);
  });

  it('holds masks', () => {
    const { masks } = parsePolicy(`
version: 1
name: p
extends: default
masks:
  - columns: [shop.customers.email, 'shop.*.mail']
    mask: email
    plainFor: { groups: [support], tasks: ['mail-*'] }
  - tags: ['pii:*']
    filter: none
  - columns: [shop.staff.salary]
    mask: { bucket: 1000 }
    deniedTo: { models: [small] }
`);
    expect(masks).toMatchObject([
      {
        columns: [
          ['shop', 'customers', 'email'],
          ['shop', '*', 'mail'],
        ],
        mask: 'email',
        filter: 'lookup',
      },
      { tags: ['pii:*'], mask: 'redact', filter: 'none' },
      { columns: [['shop', 'staff', 'salary']], mask: 'bucket', deniedTo: { models: ['small'] } },
    ]);
  });

  it('is not blown up by aliases', () => {
    const bomb = [
      'a: &a [x]',
      ...Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(20)}]`),
    ];
    expect(() => parsePolicy(bomb.join('\n'))).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }) as Error);
  });
});
