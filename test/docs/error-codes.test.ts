import { describe, expect, it } from 'vitest';
import { type CountersignErrorCode, mysqlErrorOf } from '../../src/errors.js';
import { readFromRoot } from './named-in.js';

const ROW = /^\| `([A-Z_]+)` +\| (\d{4}), (\w{5}) +\| (\S.*?) +\| (\S.*?) +\|$/gm;

/** The members of the unions of codes. */
function codesOf(source: string): readonly string[] {
  const unions = Array.from(source.matchAll(/^export type (?:Denial|Failure)Code =\n((?: {2}\| '[A-Z_]+';?\n)+)/gm));
  return unions.flatMap(([, members = '']) => Array.from(members.matchAll(/'([A-Z_]+)'/g), ([, code = '']) => code));
}

/** The rows of the table, with the MySQL error that they name. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(page.matchAll(ROW), ([, code = '', errno = '', state = '']) => [code, `${errno}, ${state}`]),
  );
}

function problemsOf(source: string, page: string): readonly string[] {
  const codes = codesOf(source);
  const rows = rowsOf(page);
  const missing = codes.filter((code) => !rows.has(code)).map((code) => `${code} is not in the table`);
  const unknown = [...rows.keys()].filter((code) => !codes.includes(code)).map((code) => `${code} is no code`);
  const wrong = codes.flatMap((code) => {
    const { errno, sqlState } = mysqlErrorOf(code as CountersignErrorCode);
    const said = rows.get(code);
    return said === undefined || said === `${errno}, ${sqlState}` ? [] : [`${code} is ${errno}, ${sqlState}`];
  });
  return [...missing, ...unknown, ...wrong];
}

describe('the table of error codes', () => {
  const source = readFromRoot('src/errors.ts');
  const page = readFromRoot('docs/operations.md');

  it('has every code, with its MySQL error, what it means and what to do', () => {
    expect(problemsOf(source, page)).toEqual([]);
  });

  it('reads the codes of both unions', () => {
    expect(codesOf(source)).toEqual(expect.arrayContaining(['DENIED_BY_RULE', 'TOKEN_INVALID', 'INTERNAL']));
    const named = new Set(source.match(/'[A-Z]+(?:_[A-Z]+)*'/g)?.map((quoted) => quoted.slice(1, -1)));
    expect(new Set(codesOf(source))).toEqual(named);
  });

  it('is found wrong where a code is missing, is none, or has another number', () => {
    const changed = page
      .replace('`DENIED_BY_MASK`', '`DENIED_BY_MOOD`')
      .replace(/(`PACKET_TOO_LARGE` +\| )1153/, '$11154');
    expect(problemsOf(source, changed)).toEqual([
      'DENIED_BY_MASK is not in the table',
      'DENIED_BY_MOOD is no code',
      'PACKET_TOO_LARGE is 1153, 08S01',
    ]);
  });
});
