import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatRecord } from '../../src/cli/format-record.js';
import { printable, printableJson } from '../../src/printable.js';

const plain = (record: unknown): string => formatRecord(record, { colour: false });

const statement = {
  v: 1,
  type: 'statement',
  time: '2026-11-20T22:40:01.123456Z',
  agent: { subject: 'agent-7', name: 'Reporter' },
  task: { id: 'report-9' },
  statement: {
    text: 'SELECT email\nFROM customers WHERE id = ?',
    parameters: [7],
    summary: 'SELECT customers',
    truncated: false,
  },
  verdict: { effect: 'allow' },
  outcome: { status: 'ok', rows: 1, duration_us: 830, masked: ['shop.customers.email'] },
};

test('a statement is shown with who, for what, how it ended, and its text', () => {
  expect(plain(statement)).toBe(
    '22:40:01.123  Reporter  task report-9  SELECT customers  ok  1 row  0.8 ms  masked shop.customers.email\n' +
      '    SELECT email ↵ FROM customers WHERE id = ?  [7]',
  );
});

test('a refusal names the rule and the reason', () => {
  const refused = {
    ...statement,
    verdict: { effect: 'deny', rule: 'no-ddl', reason: 'DDL is not allowed' },
    outcome: { status: 'denied', error: { code: 1227, message: 'denied' } },
  };
  expect(plain(refused)).toContain('denied 1227: denied  deny by no-ddl: DDL is not allowed\n');
});

test('an approval names who gave it, and rules that only note are shown', () => {
  const notes = [
    { rule: 'wide', effect: 'warn', reason: 'it names every column' },
    { rule: 'no-nights', effect: 'deny', reason: 'it is late' },
  ];
  const approval = { id: 'a', by: 'carol', decision: 'approved' };
  const shown = plain({ ...statement, verdict: { effect: 'approve', rule: 'ask', reason: 'r', approval, notes } });
  expect(shown).toContain(
    'approved by carol  warning (wide: it names every column)  would deny (no-nights: it is late)\n',
  );
  const refused = { ...approval, decision: 'rejected' };
  const denied = plain({ ...statement, verdict: { effect: 'approve', rule: 'ask', reason: 'r', approval: refused } });
  expect(denied).toContain('approve by ask: r');
});

test('a record of another type is one line', () => {
  expect(
    plain({ type: 'session', time: '2026-11-20T22:40:01.123456Z', event: { action: 'refused', reason: 'no TLS' } }),
  ).toBe('22:40:01.123  no identity  session refused  no TLS');
});

test('colours add nothing but themselves', () => {
  const coloured = formatRecord(statement, { colour: true });
  expect(coloured).not.toBe(plain(statement));
  expect(stripVTControlCharacters(coloured)).toBe(plain(statement));
});

test('terminal escapes, line breaks and direction marks in any member are neutralised', () => {
  const hostile = 'a\u001b[2J\u009b1;31m\u202e\r\u0007\u2028b';
  const shown = plain({
    type: 'statement',
    time: hostile,
    agent: { subject: hostile },
    task: { id: hostile },
    statement: { text: hostile, parameters: [hostile], summary: hostile },
    verdict: { effect: hostile, rule: hostile, reason: hostile },
    outcome: { status: hostile, error: { message: hostile }, affected: hostile, masked: [hostile] },
  });
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(shown.replace('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
});

test('any JSON at all is shown as something', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => typeof plain(value) === 'string'));
  fc.assert(
    fc.property(
      fc.jsonValue(),
      (value) =>
        typeof plain({ ...statement, outcome: value, statement: value, agent: value, verdict: value }) === 'string',
    ),
  );
});

test('a very long text is cut', () => {
  expect(plain({ ...statement, statement: { text: 'x'.repeat(1_000_000) } }).length).toBeLessThan(500);
});

test('a line break stays visible: what follows a comment is no comment', () => {
  expect(printable('SELECT 1 -- x\r\nDROP TABLE t')).toBe('SELECT 1 -- x ↵ DROP TABLE t');
});

test('JSON made safe to print means the same', () => {
  const json = JSON.stringify({ text: 'a\u009b\u202e\u200bé' });
  expect(printableJson(json)).toBe('{"text":"a\\u009b\\u202e\\u200bé"}');
  expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json));
});
