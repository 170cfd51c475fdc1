import { describe, expect, it } from 'vitest';
import { readMysqltest } from './mysqltest-reader.js';

function read(...lines: readonly string[]): readonly string[] {
  return readMysqltest(lines.join('\n')).map(({ sql, line }) => `${line}: ${sql}`);
}

describe('a script of mysqltest', () => {
  it('is split at its delimiter, outside quotes', () => {
    expect(read('SELECT 1;', "SELECT \";\", '\\';', `;`", 'FROM t;', '', 'COMMIT;')).toEqual([
      '1: SELECT 1',
      "2: SELECT \";\", '\\';', `;`\nFROM t",
      '5: COMMIT',
    ]);
  });

  it('has comments and commands, which are no statements', () => {
    const lines = [
      '# a; b',
      '--error ER_PARSE_ERROR',
      '-- source include/x.inc',
      'let $a= 1;',
      'disable_warnings;',
      'DO 1;',
    ];
    expect(read(...lines)).toEqual(['6: DO 1']);
  });

  it('changes its delimiter', () => {
    expect(read('delimiter |;', 'BEGIN NOT ATOMIC SELECT 1; END|', 'DELIMITER ;|', 'DO 1;')).toEqual([
      '2: BEGIN NOT ATOMIC SELECT 1; END',
      '4: DO 1',
    ]);
    expect(read('--delimiter //', 'SELECT 1; SELECT 2//')).toEqual(['2: SELECT 1; SELECT 2']);
  });

  it('has blocks, and files that it writes', () => {
    const lines = [
      'while ($i)',
      '{',
      '  INSERT INTO t VALUES (1);',
      '  dec $i;',
      '}',
      '--write_file x.sql',
      'SELECT 1;',
      'EOF',
      'DO 2;',
    ];
    expect(read(...lines)).toEqual(['3: INSERT INTO t VALUES (1)', '9: DO 2']);
    expect(read('perl;', 'print "x;";', 'EOF', 'DO 1;')).toEqual(['4: DO 1']);
  });

  it('has statements behind commands, but for what is evaluated', () => {
    expect(read('send SELECT 1;', '--query_vertical SELECT 2', 'eval SELECT $a;', 'eval SELECT 3;')).toEqual([
      '1: SELECT 1',
      '2: SELECT 2',
      '4: SELECT 3',
    ]);
  });
});
