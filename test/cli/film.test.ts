import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Film } from '../../src/cli/film.js';
import { type RecordParts, statementRecord } from './session-records.js';

function shown(...records: readonly Partial<RecordParts>[]): string {
  const film = new Film(false);
  return records.map((parts, index) => film.frame(statementRecord({ no: index + 1, ...parts })).text).join('\n');
}

test('statements are shown with the time since the start, pauses, and what changes on the way', () => {
  const refused = { effect: 'deny', rule: 'no-ddl', reason: 'DDL is not allowed' };
  expect(
    shown(
      { atMs: 0 },
      { atMs: 5, agent: 'billing', task: 'T-2', text: 'DROP TABLE x', status: 'denied', verdict: refused },
      { atMs: 12_400, agent: 'billing', task: 'T-2', db: { namespace: 'hr' } },
    ),
  ).toBe(
    [
      '── mariadb db1:3306, schema shop, as svc',
      '── support  task T-1',
      '  +0:00.000  SELECT  ok  1 row  0.8 ms  allowed by reads',
      '    SELECT 1',
      '── billing  task T-2',
      '  +0:00.005  SELECT  denied  1 row  0.8 ms  deny by no-ddl: DDL is not allowed',
      '    DROP TABLE x',
      '            … 12.4 s later',
      '── mariadb db1:3306, schema hr, as svc',
      '  +0:12.400  SELECT  ok  1 row  0.8 ms  allowed by reads',
      '    SELECT 3',
    ].join('\n'),
  );
});

test('statements that are not among the records are told', () => {
  expect(shown({ no: 1 }, { no: 3 }, { no: 7 })).toMatch(
    /statement 2 is not among the records[^]*statements 4 to 6 are not among the records/,
  );
});

test('the first rows that a rule had captured are shown', () => {
  const rows = (count: number): unknown[] => Array.from({ length: count }, (_, id) => [id, `n\u001b[2J${id}`]);
  const result = { digest: 'x', sets: [{ columns: ['id', 'name'], rows: rows(7) }] };
  const lines = shown({ atMs: 0, outcome: { result } }).split('\n').slice(4);
  expect(lines).toEqual([...[0, 1, 2, 3, 4].map((id) => `      → id ${id}  name "n\\u001b[2J${id}"`), '      → …']);
  const long = { sets: [{ columns: ['body'], rows: [['x'.repeat(400)]] }] };
  expect(
    shown({ atMs: 0, outcome: { result: long } })
      .split('\n')
      .at(-1),
  ).toMatch(/^ {6}→ body "x{154} …$/);
});

test('whatever a record holds, nothing of it commands the terminal', () => {
  const hostile = fc.oneof(
    fc.anything({ withNullPrototype: true }),
    fc.constant('\u001b]0;x\u0007\u202e\n-- \u009b31m'),
  );
  const keys = ['type', 'time', 'agent', 'task', 'session', 'db', 'statement', 'verdict', 'outcome', 'event'];
  const member = fc.oneof(
    hostile,
    fc.dictionary(
      fc.constantFrom(
        'id',
        'text',
        'server',
        'system',
        'name',
        'namespace',
        'rule',
        'user',
        'statement_no',
        'duration_us',
        'rows',
        'result',
      ),
      fc.oneof(
        hostile,
        fc.record({ sets: fc.array(fc.record({ columns: fc.array(hostile), rows: fc.array(fc.array(hostile)) })) }),
      ),
    ),
  );
  const record = fc.dictionary(fc.constantFrom(...keys), member);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.boolean(), (records, colour) => {
      const film = new Film(colour);
      for (const one of records) {
        const text = film.frame(one).text.split('\n').map(stripVTControlCharacters).join('');
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});
