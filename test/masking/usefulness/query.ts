import { readFileSync } from 'node:fs';

/** One query that somebody writes at work. */
export interface UsefulQuery {
  /** The schema of the shop is called `shop` in it, where it is named. */
  readonly sql: string;
  /** Names of the output columns that hold masked values or what is made of them. COUNT and IS NULL make nothing of them. */
  readonly masked: readonly string[];
  readonly params?: readonly (string | number)[];
  /** Why an analyst could expect a refusal: the answer tells of masked values by what it leaves out, or by its order. */
  readonly refusable?: string;
}

/** Reads the suite, in order. */
export function readQueries(): readonly UsefulQuery[] {
  const text = readFileSync(new URL('queries.jsonl', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as UsefulQuery);
}

/** Whether it writes. */
export function isWrite({ sql }: UsefulQuery): boolean {
  return /^(?:INSERT|REPLACE|UPDATE|DELETE)\b/i.test(sql);
}

/** Whether its outermost ORDER BY tells in which order the rows come. */
export function isOrdered({ sql }: UsefulQuery): boolean {
  let text = sql.replace(/'(?:[^'\\]|\\.|'')*'/g, "''");
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/\([^()]*\)/g, ' ');
  }
  return /\bORDER BY\b/i.test(text);
}
