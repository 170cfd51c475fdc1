import { describe, expect, it } from 'vitest';
import { problems } from '../../src/sql/lexer/problem.js';
import { lex } from './lexer-samples.js';

function readsEach(rows: readonly (readonly [string, readonly string[]])[]): void {
  for (const [text, tokens] of rows) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(lex(text)).toEqual(tokens);
    });
  }
}

const problem = (name: keyof typeof problems): string => `problem:${problems[name]}`;

describe('identifiers', () => {
  readsEach([
    ['orders', ['word:orders']],
    ['Ord_ers1', ['word:Ord_ers1']],
    ['ord$ers', ['word:ord$ers']],
    ['$orders', ['word:$orders']],
    ['1orders', ['word:1orders']],
    ['名前', ['word:名前']],
    ['é', ['word:é']],
    ['`a b`', ['quoted:`a b`']],
    ['`a``b`', ['quoted:`a``b`']],
    ["`'; -- `", ["quoted:`'; -- `"]],
    ['`a\\`', ['quoted:`a\\`']],
    ['a.b', ['word:a', 'dot:.', 'word:b']],
    ['a . b', ['word:a', 'dot:.', 'word:b']],
    ['a.1b', ['word:a', 'dot:.', 'word:1b']],
    ['a.1', ['word:a', 'dot:.', 'word:1']],
    ['a.1e3', ['word:a', 'dot:.', 'word:1e3']],
    ['`a`.`b`', ['quoted:`a`', 'dot:.', 'quoted:`b`']],
    ['a.*', ['word:a', 'dot:.', 'operator:*']],
    ["a.x'41'", ['word:a', 'dot:.', 'word:x', "string:'41'"]],
    ['`a', [problem('identifier')]],
    ['``', [problem('identifier')]],
    ['`a\nb`', [problem('identifier')]],
    ['`a\u0000b`', [problem('identifier')]],
  ]);

  it('that begin with a dollar are refused where newer servers read a quote', () => {
    expect(lex('$$a$$', { dollarQuotes: true })).toEqual([problem('dollar')]);
    expect(lex('$a', { dollarQuotes: true })).toEqual([problem('dollar')]);
    expect(lex('a$', { dollarQuotes: true })).toEqual(['word:a$']);
  });
});

describe('variables', () => {
  readsEach([
    ['@a', ['variable:@a']],
    ['@a.b', ['variable:@a.b']],
    ['@1', ['variable:@1']],
    ['@`a b`', ['variable:@`a b`']],
    ["@'a'", ["variable:@'a'"]],
    ['@"a"', ['variable:@"a"']],
    ['@@version', ['variable:@@version']],
    ['@@session.sql_mode', ['variable:@@session', 'dot:.', 'word:sql_mode']],
    ['@@`version`', ['variable:@@`version`']],
    ['@a:=1', ['variable:@a', 'operator::=', 'number:1']],
    ['@', [problem('variable')]],
    ['@ a', [problem('variable')]],
    ['@@', [problem('variable')]],
    ['@@ version', [problem('variable')]],
    ['@é', [problem('variable')]],
    ["@'a", [problem('variable')]],
    ["@'a''b'", [problem('variable')]],
    ["@''", [problem('variable')]],
  ]);
});

describe('operators and punctuation', () => {
  readsEach([
    ['?', ['placeholder:?']],
    ['(?,?);', ['open:(', 'placeholder:?', 'comma:,', 'placeholder:?', 'close:)', 'semicolon:;']],
    [';;', ['semicolon:;', 'semicolon:;']],
    ['a<=>b', ['word:a', 'operator:<=>', 'word:b']],
    ['a<>b!=c', ['word:a', 'operator:<>', 'word:b', 'operator:!=', 'word:c']],
    ['a->b->>c', ['word:a', 'operator:->', 'word:b', 'operator:->>', 'word:c']],
    ['a||b&&c', ['word:a', 'operator:||', 'word:b', 'operator:&&', 'word:c']],
    ['a<<1>>2', ['word:a', 'operator:<<', 'number:1', 'operator:>>', 'number:2']],
    ['a<=b>=c', ['word:a', 'operator:<=', 'word:b', 'operator:>=', 'word:c']],
    ['a|b&c^~d', ['word:a', 'operator:|', 'word:b', 'operator:&', 'word:c', 'operator:^', 'operator:~', 'word:d']],
    ['{}', ['operator:{', 'operator:}']],
    ['a-1', ['word:a', 'operator:-', 'number:1']],
  ]);
});

describe('the lexer', () => {
  it('reads nothing before its start and nothing behind its end', () => {
    expect(lex(Buffer.from("x'1' 'y").subarray(1, 4))).toEqual(["string:'1'"]);
  });

  it('takes a byte that is no UTF-8 for part of a word, as the server does', () => {
    expect(lex(Buffer.from([0x61, 0xff, 0x62]))).toHaveLength(1);
  });
});
