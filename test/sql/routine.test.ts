import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createAnalyser } from '../../src/sql/index.js';

const analyser = createAnalyser();
const scope = analyser.scope({ flavour: 'mariadb', version: 101_118 }, 'shop', '');
const read = (body: string, ...parameters: string[]): string[] =>
  analyser
    .analyseRoutine(body, { parameters }, scope)
    .map(({ fingerprint, analysis: { kind, where } }) => `${kind} ${where}: ${fingerprint}`);

describe('the body of a routine', () => {
  it.each<[string, string[], string[]]>([
    ['DELETE FROM t WHERE id = x', ['x'], ['delete present: delete from t where id = ?']],
    ['DELETE FROM t WHERE x = 1', ['x'], ['delete constant: delete from t where ? = ?']],
    ['DELETE FROM t WHERE t.x = 1', ['x'], ['delete present: delete from t where t.x = ?']],
    ['UPDATE t SET x = 1 WHERE id = 1', ['x'], ['update present: update t set x = ? where id = ?']],
    ['UPDATE t SET x = 1 WHERE x = 1', ['x'], ['update constant: update t set x = ? where x = ?']],
    ['INSERT INTO t VALUES (NEW.id, OLD.id)', [], ['insert absent: insert into t values (?, ?)']],
    ['DELETE FROM t WHERE NEW.id = 1', [], ['delete constant: delete from t where ? = ?']],
    ['RETURN (SELECT MAX(id) FROM t)', [], ['select absent: select (select max(id) from t)']],
    ['RETURN 1 + 1', [], []],
    [
      'SET NEW.a = (SELECT 1 FROM t), @b = f(1)',
      [],
      ['select absent: select (select ? from t)', 'select absent: select f(?)'],
    ],
    ['SET sql_log_bin = 0', [], ['unknown absent: set sql_log_bin = ?']],
    [
      'BEGIN DECLARE a, b INT DEFAULT (SELECT 1 FROM t); SELECT 1, 2 INTO a, b; END',
      [],
      ['select absent: select (select ? from t)', 'select absent: select ?, ?'],
    ],
    ["BEGIN SELECT 1 INTO OUTFILE '/x' FROM t; END", [], ['select absent: select ? into outfile ? from t']],
    [
      'BEGIN DECLARE c CURSOR FOR SELECT id FROM t; OPEN c; FETCH c INTO a; CLOSE c; END',
      [],
      ['select absent: select id from t'],
    ],
    [
      'l: LOOP IF (SELECT 1 FROM t) THEN LEAVE l; ELSEIF f(1) THEN ITERATE l; ELSE TRUNCATE t; END IF; END LOOP l',
      [],
      ['select absent: select (select ? from t)', 'select absent: select f(?)', 'ddl absent: truncate t'],
    ],
    [
      'BEGIN WHILE f(1) DO DROP TABLE t; END WHILE; REPEAT DELETE FROM t; UNTIL g(1) END REPEAT; END',
      [],
      [
        'select absent: select f(?)',
        'ddl absent: drop table t',
        'delete absent: delete from t',
        'select absent: select g(?)',
      ],
    ],
    [
      'BEGIN CASE f(1) WHEN CASE WHEN 1 THEN 2 END THEN CALL p(1); ELSE COMMIT; END CASE; END',
      [],
      ['select absent: select f(?)', 'call absent: call p(?)', 'transaction absent: commit'],
    ],
    [
      "BEGIN DECLARE EXIT HANDLER FOR SQLSTATE VALUE '45000', 1062, SQLEXCEPTION, NOT FOUND DELETE FROM t; END",
      [],
      ['delete absent: delete from t'],
    ],
    [
      "BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; GET DIAGNOSTICS CONDITION 1 @a = MESSAGE_TEXT; END",
      [],
      [],
    ],
    [
      'BEGIN FOR i IN (SELECT 1 FROM u) DO DELETE FROM t; END FOR; END',
      [],
      ['unknown absent: for i in (select ? from u)', 'delete absent: delete from t'],
    ],
    [
      'BEGIN BEGIN DECLARE id INT DEFAULT 1; DELETE FROM t WHERE id = 1; END; DELETE FROM t WHERE id = 1; END',
      [],
      ['delete constant: delete from t where ? = ?', 'delete present: delete from t where id = ?'],
    ],
    [
      'BEGIN DECLARE a INT DEFAULT (SELECT b FROM t); DECLARE b INT DEFAULT (SELECT b FROM u); SELECT a, b FROM v; END',
      [],
      [
        'select absent: select (select b from t)',
        'select absent: select (select b from u)',
        'select absent: select ?, ? from v',
      ],
    ],
    [
      'BEGIN IF 1 THEN BEGIN DECLARE sql_log_bin INT; SET sql_log_bin = 0; END; END IF; SET sql_log_bin = 0; END',
      [],
      ['unknown absent: set sql_log_bin = ?'],
    ],
    [
      'BEGIN DECLARE a INT; BEGIN DECLARE b INT; SELECT a, b FROM t; END; SELECT a, b INTO a FROM t; END',
      [],
      ['select absent: select ?, ? from t', 'select absent: select ?, b from t'],
    ],
    [
      'BEGIN BEGIN DECLARE x INT; END; SELECT 1 INTO x; END',
      [],
      [expect.stringMatching(/^unknown absent: select/) as unknown as string],
    ],
    ["PREPARE s FROM 'DROP TABLE t'", [], ['unknown absent: prepare s from ?']],
  ])('%s', (body, parameters, expected) => {
    expect(read(body, ...parameters)).toEqual(expected);
  });

  it.each([
    'BEGIN DELETE FROM t; END; DROP TABLE x',
    'BEGIN DELETE FROM t',
    'DELETE FROM t; DELETE FROM u',
    'BEGIN OPEN c((SELECT 1 FROM t)); END',
    'BEGIN IF 1 DELETE FROM t; END IF; END',
    'BEGIN END 1',
    '',
    `${'BEGIN '.repeat(100)}SELECT 1; ${'END;'.repeat(100)}`,
    `BEGIN ${'SELECT id FROM t;'.repeat(300)} END`,
  ])('is unknown where it is not taken apart to its end: %s', (body) => {
    expect(read(body)).toEqual([expect.stringMatching(/^unknown /) as string]);
  });

  test('is unknown where it has very many variables', () => {
    const declared = (count: number): string =>
      `BEGIN ${Array.from({ length: count }, (_, index) => `DECLARE v${index} INT;`).join('')} DELETE FROM t; END`;
    expect(read(declared(500))).toEqual(['delete absent: delete from t']);
    expect(read(declared(2_000))).toEqual([expect.stringMatching(/^unknown /) as string]);
  });

  test('hides no statement, however it is nested', () => {
    const wrappers: readonly ((inner: string) => string)[] = [
      (inner) => `BEGIN ${inner}; END`,
      (inner) => `IF 1 THEN ${inner}; END IF`,
      (inner) => `IF 1 THEN COMMIT; ELSE ${inner}; END IF`,
      (inner) => `CASE WHEN 1 THEN ${inner}; END CASE`,
      (inner) => `WHILE 1 DO ${inner}; END WHILE`,
      (inner) => `REPEAT ${inner}; UNTIL 1 END REPEAT`,
      (inner) => `a: LOOP ${inner}; END LOOP a`,
      (inner) => `BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION ${inner}; COMMIT; END`,
    ];
    const nesting = fc.array(fc.constantFrom(...wrappers), { maxLength: 12 });
    fc.assert(
      fc.property(nesting, (around) => {
        const body = around.reduce((inner, wrap) => wrap(inner), 'DELETE FROM secret');
        expect(read(body)).toContain('delete absent: delete from secret');
      }),
    );
  });
});
