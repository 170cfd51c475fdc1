import { describe, expect, it } from 'vitest';
import { chainDepth } from '../../src/sql/second-parser/chain-depth.js';
import { parserModule } from '../../src/sql/second-parser/parser-file.js';
import { ParserInstance } from '../../src/sql/second-parser/parser-instance.js';
import { retryDepth } from '../../src/sql/second-parser/retry-depth.js';
import { SecondParser } from '../../src/sql/second-parser/second-parser.js';
import { WorkBudget } from '../../src/sql/work-budget.js';
import { inputOf } from './second-reading.js';

const SIMPLE = 'SELECT a FROM t WHERE b = 1';
/** Deeper than the stack of the parser. */
const CHAIN = `SELECT a FROM t WHERE b = 1${' OR b = 1'.repeat(2_000)}`;

function newInstance(): ParserInstance {
  const module = parserModule();
  if (module === undefined) throw new Error('the second parser is not installed');
  return new ParserInstance(module);
}

function parseBy(parser: SecondParser, sql: string): unknown {
  const { text, tokens } = inputOf(sql);
  return parser.parse(text, tokens, new WorkBudget());
}

describe('a trap of the second parser', () => {
  it('is real where nothing is capped', () => {
    const instance = newInstance();
    const before = instance.parse(SIMPLE);
    expect(() => instance.parse(CHAIN)).toThrow(/memory access out of bounds|unreachable|call stack/);
    expect(newInstance().parse(SIMPLE)).toEqual(before);
  });

  it('is survived: what comes next is parsed as ever', () => {
    const parser = new SecondParser(Infinity);
    const before = parseBy(parser, SIMPLE);
    expect(before).toBeDefined();
    for (let run = 0; run < 20; run += 1) {
      expect(parseBy(parser, CHAIN)).toBeUndefined();
      expect(parseBy(parser, SIMPLE)).toEqual(before);
    }
  });

  it('does not happen below the cap, whatever the chain is made of', () => {
    const instance = newInstance();
    const links = [
      ' OR b = 1',
      ' AND b',
      ' + 1',
      ' IS NULL',
      ' BETWEEN 1 AND 2',
      ' IN (1)',
      ' LIKE 1',
      ' = 1',
      ' UNION SELECT 1',
    ];
    for (const link of links) {
      const { text, tokens } = inputOf(`SELECT b${link.repeat(350)}`);
      expect(chainDepth(tokens), link).toBeGreaterThan(300);
      expect(instance.parse(text), link).toBeDefined();
    }
  });
});

describe('the depth of a chain', () => {
  const depth = (sql: string): number => chainDepth(inputOf(sql).tokens);

  it('counts what makes the tree deeper, not what stands side by side', () => {
    expect(depth(`SELECT a${' OR a = 1'.repeat(100)}`)).toBe(101);
    expect(depth(`SELECT ${'a + 1, '.repeat(100)}a`)).toBeLessThan(5);
    expect(depth(`SELECT ${'(a = 1 AND b = 2) OR '.repeat(100)}a`)).toBeLessThan(110);
    expect(depth(`SELECT a IN (${'1 + b, '.repeat(100)}c)`)).toBeLessThan(10);
  });

  it('adds up over parentheses', () => {
    const chain = (inner: string): string => `(${inner}${' + a'.repeat(100)})`;
    expect(depth(`SELECT ${chain(chain(chain('a')))}`)).toBeGreaterThanOrEqual(300);
  });

  it('is refused above the cap', () => {
    const parser = new SecondParser(100);
    expect(parseBy(parser, `SELECT a${' OR a = 1'.repeat(120)}`)).toBeUndefined();
    expect(parseBy(parser, `SELECT a${' OR a = 1'.repeat(80)}`)).toBeDefined();
  });
});

describe('what the second parser would read again and again', () => {
  const nested = (word: string, times: number): string => `SELECT ${`${word}(`.repeat(times)}1 1 1${')'.repeat(times)}`;

  it('is told by the words that it stands in, not by those beside it', () => {
    const depth = (sql: string): number => retryDepth(inputOf(sql).tokens);
    expect(depth(nested('CAST', 20))).toBe(20);
    expect(depth(nested('POSITION', 20))).toBe(40);
    expect(depth(`SELECT ${'CAST(a AS CHAR), '.repeat(50)}1`)).toBe(1);
    expect(depth(`SELECT ${'CASE WHEN a THEN b END + '.repeat(50)}1`)).toBe(1);
    expect(depth(`SELECT ${'CASE WHEN a THEN '.repeat(20)}1${' END'.repeat(20)}`)).toBe(20);
    expect(depth(`SELECT * FROM ${'((SELECT 1 FROM '.repeat(20)}t`)).toBe(20);
    expect(depth(`SELECT ${'a IN (SELECT '.repeat(20)}1`)).toBe(20);
    expect(depth(`SELECT 1 FROM t WHERE a IN (1, (2)) AND b IN (SELECT c FROM u) OR ((a = 1) AND (b = 2))`)).toBe(1);
    expect(depth(`SELECT * FROM ${'(SELECT * FROM '.repeat(20)}t`)).toBe(0);
    expect(depth(`SELECT 1 WHERE ${'NOT EXISTS (SELECT 1) AND '.repeat(50)}1`)).toBe(2);
  });

  it('would take its time without the cap', () => {
    const instance = newInstance();
    const timeOf = (times: number): number => {
      const start = process.cpuUsage();
      instance.parse(nested('POSITION', times));
      return process.cpuUsage(start).user;
    };
    timeOf(6);
    expect(timeOf(10)).toBeGreaterThan(timeOf(6) * 5);
  });

  for (const word of ['CAST', 'POSITION', 'CASE', 'NOT', 'INTERVAL', 'CEIL', 'CONVERT', 'SUBSTRING', 'CURRENT_DATE']) {
    it(`is refused, and so takes no time: ${word}`, () => {
      const start = performance.now();
      for (let times = 1; times < 45; times += 1) parseBy(new SecondParser(), nested(word, times));
      expect(performance.now() - start).toBeLessThan(5_000);
    });
  }
});

describe('the second parser', () => {
  it('is not understood where the text is no SQL, or more than one statement', () => {
    const parser = new SecondParser();
    expect(parser.parse('SELECT FROM', [], new WorkBudget())).toBeUndefined();
    expect(parser.parse('SELECT 1; DELETE FROM t', [], new WorkBudget())).toBeUndefined();
    expect(parser.parse('', [], new WorkBudget())).toBeUndefined();
    expect(parseBy(parser, SIMPLE)).toBeDefined();
  });

  it('keeps names as they are, outside of ASCII too', () => {
    for (const name of ['größe', '名前', 'a`b']) {
      const tree = new SecondParser().parse(`SELECT \`${name.replaceAll('`', '``')}\` FROM t`, [], new WorkBudget());
      expect(JSON.stringify(tree)).toContain(JSON.stringify(name));
    }
  });

  it('keeps its memory within bounds', () => {
    const instance = newInstance();
    const { text } = inputOf(`SELECT ${'a, '.repeat(2_600)}a FROM t${' JOIN u'.repeat(1_300)}`);
    for (let run = 0; run < 10; run += 1) instance.parse(text);
    expect(instance.memoryBytes).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('a text that is made to hurt the second parser', () => {
  const many = 2_000;
  /** No parser sees more of what nests in itself. */
  const most = 100;
  const bombs: readonly (readonly [string, string])[] = [
    ['many unions', `SELECT a${' UNION SELECT a'.repeat(many)}`],
    ['many unions in parentheses', `(SELECT a)${' UNION (SELECT a)'.repeat(1_300)}`],
    ['deep CASE', `SELECT ${'CASE WHEN 1 THEN '.repeat(most)}1${' END'.repeat(most)}`],
    ['deep parentheses', `SELECT ${'('.repeat(60)}1${')'.repeat(60)}`],
    ['deep calls', `SELECT ${'f('.repeat(60)}1${')'.repeat(60)}`],
    ['many NOT', `SELECT ${'NOT '.repeat(most)}1`],
    ['many joins', `SELECT * FROM t${' JOIN u'.repeat(many)}`],
    ['many columns', `SELECT ${'a + 1, '.repeat(1_900)}a`],
    ['many levels of joins', `SELECT * FROM ${'('.repeat(60)}t${' JOIN u)'.repeat(60)}`],
  ];
  for (const [name, sql] of bombs) {
    it(`takes its time at most: ${name}`, () => {
      const parser = new SecondParser(Infinity);
      const start = performance.now();
      parseBy(parser, sql);
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(parseBy(parser, SIMPLE)).toBeDefined();
    });
  }
});
