import { describe, expect, it } from 'vitest';
import { problems } from '../../src/sql/lexer/problem.js';
import { lex, type Reading } from './lexer-samples.js';

/** Text, its tokens, how it is read. */
type LexerRow = readonly [string, readonly string[], Reading?];

function readsEach(rows: readonly LexerRow[]): void {
  for (const [text, tokens, reading] of rows) {
    const mode = reading?.sqlMode === undefined ? '' : ` under ${reading.sqlMode}`;
    it(`reads ${JSON.stringify(text)}${mode}`, () => {
      expect(lex(text, reading)).toEqual(tokens);
    });
  }
}

const ANSI = { sqlMode: 'ANSI_QUOTES' };
const PLAIN = { sqlMode: 'NO_BACKSLASH_ESCAPES' };
const problem = (name: keyof typeof problems): string => `problem:${problems[name]}`;

describe('strings', () => {
  readsEach([
    [`'a'`, [`string:'a'`]],
    [`''`, [`string:''`]],
    [`"a"`, [`string:"a"`]],
    [`"a"`, [`quoted:"a"`], ANSI],
    [`"a"`, [`quoted:"a"`], { sqlMode: 'ANSI' }],
    [`"a"`, [`quoted:"a"`], { sqlMode: 'STRICT_TRANS_TABLES,ansi_quotes' }],
    [`"a""b"`, [`quoted:"a""b"`], ANSI],
    [`'a''b'`, [`string:'a''b'`]],
    [`'a' 'b'`, [`string:'a'`, `string:'b'`]],
    [`'a"b'`, [`string:'a"b'`]],
    [`"a'b"`, [`string:"a'b"`]],
    [String.raw`'a\'b'`, [String.raw`string:'a\'b'`]],
    [String.raw`'a\\'`, [String.raw`string:'a\\'`]],
    [String.raw`'a\\' OR`, [String.raw`string:'a\\'`, 'word:OR']],
    [String.raw`'a\' OR 1`, [problem('string')]],
    [String.raw`'a\' OR`, [String.raw`string:'a\'`, 'word:OR'], PLAIN],
    [String.raw`'a\''b'`, [String.raw`string:'a\''`, problem('literal')]],
    [String.raw`'a\''b'`, [String.raw`string:'a\''b'`], PLAIN],
    [String.raw`"a\"b"`, [String.raw`string:"a\"b"`]],
    [String.raw`"a\"`, [String.raw`quoted:"a\"`], ANSI],
    [`N'a'`, [`string:N'a'`]],
    [`n'a'`, [`string:n'a'`]],
    [`N 'a'`, ['word:N', `string:'a'`]],
    [`an'a'`, ['word:an', `string:'a'`]],
    [`_utf8mb4'a'`, ['word:_utf8mb4', `string:'a'`]],
    [`'-- ; /* # ? \` '`, [`string:'-- ; /* # ? \` '`]],
    [`'a\nb\u0000c'`, [`string:'a\nb\u0000c'`]],
    [`'日本'`, [`string:'日本'`]],
    [`'a`, [problem('string')]],
    [`'a''`, [problem('string')]],
    [`N'a`, [problem('string')]],
    [String.raw`'a\\\'`, [problem('string')]],
    [`'`, [problem('string')]],
  ]);
});

describe('hexadecimal and bit literals', () => {
  readsEach([
    [`X'4a'`, [`number:X'4a'`]],
    [`x'4A'`, [`number:x'4A'`]],
    [`X''`, [`number:X''`]],
    [`b'01'`, [`number:b'01'`]],
    [`B''`, [`number:B''`]],
    ['0x1F', ['number:0x1F']],
    ['0b01', ['number:0b01']],
    ['0X1F', ['word:0X1F']],
    ['0B01', ['word:0B01']],
    ['0x1G', ['word:0x1G']],
    ['0b2', ['word:0b2']],
    ['0x', ['word:0x']],
    [`X'4'`, [problem('literal')]],
    [`X'4g'`, [problem('literal')]],
    [`b'2'`, [problem('literal')]],
    [`X'41`, [problem('literal')]],
  ]);
});

describe('numbers', () => {
  readsEach([
    ['1', ['number:1']],
    ['007', ['number:007']],
    ['1.5', ['number:1.5']],
    ['1.', ['number:1.']],
    ['.5', ['number:.5']],
    ['.5e3', ['number:.5e3']],
    ['1e3', ['number:1e3']],
    ['1E+3', ['number:1E+3']],
    ['1e-3', ['number:1e-3']],
    ['1.e2', ['number:1.e2']],
    ['1.5e-2', ['number:1.5e-2']],
    ['-1', ['operator:-', 'number:1']],
    ['1.FROM t', ['number:1.', 'word:FROM', 'word:t']],
    ['1e1FROM t', ['number:1e1', 'word:FROM', 'word:t']],
    ['1e+', ['word:1e', 'operator:+']],
    ['1ex', ['word:1ex']],
    ['1.5.5', ['number:1.5', 'number:.5']],
    ['1..5', ['number:1.', 'number:.5']],
    ['1.5e', [problem('literal')]],
    ['1.e+', [problem('literal')]],
  ]);
});

describe('comments', () => {
  readsEach([
    ['1 -- x', ['number:1']],
    ['1 --', ['number:1']],
    ['1 --\tx', ['number:1']],
    ['1 --\nx', ['number:1', 'word:x']],
    ['1 --\u0001x', ['number:1']],
    ['5 --1', ['number:5', 'operator:-', 'operator:-', 'number:1']],
    ['5 --x', ['number:5', 'operator:-', 'operator:-', 'word:x']],
    ['5 --\u00a0x', ['number:5', 'operator:-', 'operator:-', 'word:\u00a0x']],
    ['1 -- x\n2', ['number:1', 'number:2']],
    ['1 -- x\r2', ['number:1']],
    ['1 # x\n2', ['number:1', 'number:2']],
    ['1 # x\r2', ['number:1']],
    ['1#2', ['number:1']],
    ['1 /* x */ 2', ['number:1', 'number:2']],
    ['1/**/2', ['number:1', 'number:2']],
    ['1 /*/ 2 /*/ 3', ['number:1', 'number:3']],
    ['1 /* /* x */ 2 */', ['number:1', 'number:2', 'operator:*', 'operator:/']],
    [`1 /* ' " \` */ 2`, ['number:1', 'number:2']],
    [`1 -- '\n2`, ['number:1', 'number:2']],
    ['1 / 2 * 3', ['number:1', 'operator:/', 'number:2', 'operator:*', 'number:3']],
    ['/*+ MAX_EXECUTION_TIME(1) */ 1', ['number:1']],
    ['/*M x */ 1', ['number:1']],
    ['/*m!1*/ 1', ['number:1']],
    ['/* ! 1 */ 1', ['number:1']],
    ['/*!1*/', [problem('versionedComment')]],
    ['/*!50000 1 */', [problem('versionedComment')]],
    ['/*!99999 1 */', [problem('versionedComment')]],
    ['/*M! 1 */', [problem('versionedComment')]],
    ['/*M!100100 1 */', [problem('versionedComment')]],
    ['/*!', [problem('versionedComment')]],
    [`/*+ SET_VAR(sql_mode='') */ 1`, [problem('hint')]],
    ['/*+ set_var(a = 1) */ 1', [problem('hint')]],
    ['/*+ INDEX(`t`) */ 1', [problem('hint')]],
    ['1 /*+ x', ['number:1', problem('comment')]],
    ['1 /* x', ['number:1', problem('comment')]],
    ['1 /*/', ['number:1', problem('comment')]],
    ['1 /* a\u0000 */', ['number:1', problem('comment')]],
    ['1 -- a\u0000', ['number:1', problem('control')]],
    ['1 # a\u0000', ['number:1', problem('control')]],
  ]);
});

describe('white space', () => {
  readsEach([
    ['', []],
    [' \t\n\v\f\r', []],
    ['a\u00a0b', ['word:a\u00a0b']],
    ['a\u0000', ['word:a', problem('control')]],
    ['a\u001f', ['word:a', problem('control')]],
    ['a\u007f', ['word:a', problem('control')]],
    ['a\\', ['word:a', problem('control')]],
  ]);
});
