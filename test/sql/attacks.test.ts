import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, migrationPolicy, type Policy, type Verdict } from '../../src/guardrails/index.js';
import { PolicyJudge } from '../../src/guardrails/policy-judge.js';
import type { Identity } from '../../src/identity/index.js';
import type { AnalysisScope } from '../../src/sql/analysis.js';
import { FLAVOURS, scopeOf, statementsOf } from './analysed.js';

interface Attack {
  readonly id: string;
  readonly sql: string;
}

const attacks = JSON.parse(readFileSync(new URL('attacks.json', import.meta.url), 'utf8')) as readonly Attack[];

/** The first denial of a text, as a session judges it: each of its statements has to be allowed. */
function verdictOf(sql: string, scope: AnalysisScope, policy: Policy = defaultPolicy()): Verdict | undefined {
  const judge = new PolicyJudge(policy);
  const statements = statementsOf(sql, scope);
  const verdicts = statements.map((each) => judge.judge(each, statements.length, {} as Identity, undefined));
  return verdicts.find(({ effect }) => effect === 'deny') ?? verdicts[0];
}

const ALLOWED = { effect: 'allow' };

describe('the default rules', () => {
  for (const { id, sql } of attacks) {
    it(`deny ${id}: ${sql.slice(0, 100)}`, () => {
      for (const flavour of FLAVOURS) {
        for (const mode of ['', 'IGNORE_SPACE', 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT']) {
          expect(verdictOf(sql, scopeOf(flavour, mode)), `${flavour} ${mode}`).toMatchObject({ effect: 'deny' });
        }
      }
    });
  }

  it('judge a text by the quotes of the session', () => {
    const escaped = String.raw`DELETE FROM customers WHERE id = 99 AND name = '\' OR 1=1 -- '`;
    expect(verdictOf(escaped, scopeOf('mysql'))).toMatchObject(ALLOWED);
    expect(verdictOf(escaped, scopeOf('mysql', 'NO_BACKSLASH_ESCAPES'))).toMatchObject({ rule: 'no-unbounded-writes' });
    const quoted = `DELETE FROM customers WHERE "id" = 1`;
    expect(verdictOf(quoted, scopeOf('mysql'))).toMatchObject({ rule: 'no-unbounded-writes' });
    expect(verdictOf(quoted, scopeOf('mysql', 'ANSI_QUOTES'))).toMatchObject(ALLOWED);
  });

  it('deny what follows a definition even where definitions are allowed', () => {
    const policy = migrationPolicy();
    const definitions = [
      'CREATE TABLE event (id INT)',
      'ALTER TABLE event ADD note TEXT',
      'CREATE INDEX package ON orders (id)',
      'CREATE DATABASE event',
      'CREATE TABLE t (id INT)',
      'CREATE PROCEDURE p() SELECT 1',
      'CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; END',
      'CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = 0',
      'CREATE PROCEDURE begin() SELECT 1',
      'CREATE PROCEDURE p(begin INT, `case` INT) SELECT begin FROM orders',
      'CREATE FUNCTION begin(begin INT) RETURNS INT DETERMINISTIC RETURN CASE WHEN 1 THEN begin END',
      "CREATE PROCEDURE p() BEGIN SELECT CASE WHEN 1 THEN REPEAT('a', 3) END; END",
      'CREATE PROCEDURE p() BEGIN SELECT CASE WHEN 1 THEN IF(1, 2, 3) END; END',
      'CREATE TRIGGER begin BEFORE INSERT ON orders FOR EACH ROW SET NEW.begin = 1',
      'CREATE EVENT begin ON SCHEDULE EVERY 1 DAY DO SELECT 1',
      'ALTER EVENT begin ENABLE',
      'ALTER PROCEDURE begin SQL SECURITY INVOKER',
      'DROP PROCEDURE begin',
    ];
    for (const sql of definitions) {
      expect(verdictOf(sql, scopeOf('mysql'), policy), sql).toMatchObject(ALLOWED);
      expect(verdictOf(`${sql};`, scopeOf('mysql'), policy), sql).toMatchObject(ALLOWED);
      for (const second of ['SELECT SLEEP(9)', 'GRANT ALL ON *.* TO x', "SELECT 1 INTO OUTFILE '/srv/out/x'"]) {
        for (const end of ['', '; SELECT 1 end', '; END', '; END IF', '; UNTIL 1 END REPEAT', '; END; END']) {
          const verdict = verdictOf(`${sql}; ${second}${end}`, scopeOf('mysql'), policy);
          expect(verdict, `${sql}; ${second}${end}`).toMatchObject({ effect: 'deny' });
        }
      }
    }
  });

  it('deny loadable functions where definitions are allowed: they are code of a library', () => {
    const sql = "CREATE FUNCTION sys_exec RETURNS STRING SONAME 'udf.so'";
    expect(verdictOf(sql, scopeOf('mysql'), migrationPolicy())).toMatchObject({
      rule: 'no-unknown-statements',
    });
  });
});
