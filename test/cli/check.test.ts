import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { temporaryDirectory } from '../audit/trail-fixtures.js';
import { type Ended, MAIN, runCommand } from './run-command.js';

const check = (args: readonly string[], input = ''): Promise<Ended> => runCommand(['check', ...args], {}, input);

const parsed = ({ out }: Ended): unknown[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('check says of each statement what it does and what the policy does with it', async () => {
  const { code, out } = await check(['--schema', 'shop', 'SELECT * FROM orders', 'DELETE FROM orders']);
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'SELECT * FROM orders',
      '  allow  SELECT  rule reads',
      '      tables  shop.orders (read)',
      '      facts   read',
      'DELETE FROM orders',
      '  deny  DELETE  rule no-unbounded-writes: DELETE has no WHERE: say which rows are meant',
      '      tables  shop.orders (write)',
      '      facts   write, no-where',
      '',
    ].join('\n'),
  );
});

test('check --json reads SQL and JSON lines, and gives one object for each', async () => {
  const lines = [
    'SELECT 1; DROP TABLE x',
    '',
    JSON.stringify({ sql: 'DELETE FROM t WHERE "id" = 1', sql_mode: 'ANSI_QUOTES', schema: 'hr' }),
    JSON.stringify({ sql: 'DELETE FROM t WHERE "id" = 1' }),
    JSON.stringify({ sql: 'FROBNICATE\nx', schema: 'hr' }),
    "SET sql_mode = 'ANSI_QUOTES'; SELECT 1",
  ];
  const file = join(temporaryDirectory(), 'statements.jsonl');
  writeFileSync(file, lines.join('\n'));
  const expected = [
    {
      understood: true,
      operation: 'DROP TABLE',
      verdict: 'deny',
      rule: 'no-ddl',
      statements: [{ verdict: 'allow' }, {}],
    },
    {
      understood: true,
      verdict: 'allow',
      rule: 'bounded-writes',
      tables: [{ schema: 'hr', table: 't', access: 'write' }],
    },
    { verdict: 'deny', rule: 'no-unbounded-writes', tables: [{ schema: 'shop', table: 't', access: 'write' }] },
    { understood: false, operation: 'FROBNICATE', verdict: 'deny', rule: 'no-unknown-statements', tables: [] },
    { verdict: 'deny', rule: 'session-state' },
  ];
  const args = ['--json', '--schema', 'shop'];
  expect(parsed(await check([...args, '--file', file]))).toMatchObject(expected);
  expect(parsed(await check(args, lines.join('\n')))).toMatchObject(expected);
});

test('check takes a policy, a preset, and who would run it', async () => {
  const policy = join(temporaryDirectory(), 'policy.yaml');
  writeFileSync(
    policy,
    'version: 1\nname: p\nextends: bounded\nrules: [{name: r, effect: approve, match: {operations: [DELETE]}, for: {groups: [agents]}}]',
  );
  const sql = 'DELETE FROM shop.orders WHERE id = 1';
  const verdict = async (...args: string[]): Promise<unknown> => parsed(await check(['--json', sql, ...args]))[0];
  expect(await verdict('--policy', policy, '--group', 'agents')).toMatchObject({ verdict: 'approve', rule: 'r' });
  expect(await verdict('--policy', policy)).toMatchObject({ verdict: 'allow' });
  expect(await verdict('--preset', 'readOnly')).toMatchObject({ verdict: 'deny', rule: 'no-writes' });
  expect((await check([sql, '--exit-code'])).code).toBe(0);
  expect((await check([sql, '--exit-code', '--preset', 'readOnly'])).code).toBe(1);
});

test('check names what is wrong with its input', async () => {
  const missing = await check(['--file', '/nowhere/statements.jsonl']);
  expect(missing).toMatchObject({
    code: 1,
    err: expect.stringContaining('/nowhere/statements.jsonl cannot be read') as string,
  });
  const broken = await check([], 'SELECT 1\n{"sql": 1}\n');
  expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('standard input, line 2: sql') as string });
  const twice = await check(['--preset', 'bounded', '--policy', 'x', 'SELECT 1']);
  expect(twice).toMatchObject({ code: 1, err: expect.stringContaining('cannot be used with') as string });
});

test('check says which output columns are masked, and why', async () => {
  const policy = join(temporaryDirectory(), 'policy.yaml');
  writeFileSync(
    policy,
    `
version: 1
name: p
extends: default
masks:
  - columns: [shop.customers.email]
    mask: email
    plainFor: { tasks: [support] }
`,
  );
  const sql = [
    'SELECT id, email, UPPER(email) AS u FROM customers',
    'SELECT id FROM customers ORDER BY email',
    'SELECT x.e FROM (SELECT email AS e FROM customers) AS x',
  ];
  const args = ['--policy', policy, '--schema', 'shop', ...sql];
  const column = 'shop.customers.email';
  expect(parsed(await check(['--json', ...args]))).toMatchObject([
    {
      verdict: 'allow',
      masked: [
        { output: 'email', mask: 'email', columns: [column] },
        { output: 'u', mask: 'null', columns: [column] },
      ],
    },
    { verdict: 'deny', rule: 'masking', reason: expect.stringContaining('in ORDER BY') as string, masked: [] },
    { masked: [{ output: 'e', mask: 'email' }] },
  ]);
  expect((await check(args)).out).toContain(`      mask    u by null, as it is made of ${column}`);
  expect(parsed(await check(['--json', '--task', 'support', ...args]))).toMatchObject([
    { verdict: 'allow', masked: [] },
    { verdict: 'allow', masked: [] },
    { verdict: 'allow', masked: [] },
  ]);
});

test('check ends without an answer where nobody reads on, and without a stack', async () => {
  const statements = Array.from({ length: 3_000 }, (_, no) => `SELECT c${no} FROM orders;`).join('\n');
  const command = `"${process.execPath}" "${fileURLToPath(MAIN)}" check --json | head -1; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { input: statements, encoding: 'utf8' });
  expect(status).toBe(141);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(stderr).toBe('');
});
