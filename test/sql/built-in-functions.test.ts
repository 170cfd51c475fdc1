import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { builtInFunctions } from '../../src/sql/built-in-functions.js';
import { dialectOf } from '../../src/session/session-state.js';
import { connectionOptions } from '../database/readiness.js';
import { analyser, analysisOf, scopeOf, tablesOf } from './analysed.js';

const database = inject('database');
const ER_SP_DOES_NOT_EXIST = 1305;
/** The same, with the advice to look at the blank in front of the parenthesis. */
const ER_FUNC_INEXISTENT_NAME_COLLISION = 1630;
const dialect = dialectOf(database.version);
const listed = builtInFunctions(dialect);

/** How a function is called, and under which sql_mode. */
const FORMS: readonly (readonly [string, (name: string) => string, string])[] = [
  ['as it is', (name) => name, ''],
  ['in quotes', (name) => `\`${name}\``, ''],
  ['in quotes, with a blank', (name) => `\`${name}\` `, 'IGNORE_SPACE'],
  ['in quotes of ANSI', (name) => `"${name}"`, 'ANSI_QUOTES'],
  ['with a blank', (name) => `${name} `, ''],
  ['with a comment', (name) => `${name}/**/`, ''],
  ['with an end of a line', (name) => `${name}-- \n`, ''],
  ['with a blank that is ignored', (name) => `${name} \t\r\n\v\f`, 'IGNORE_SPACE'],
  ['with a comment where blanks are ignored', (name) => `${name} /**/ `, 'IGNORE_SPACE'],
];
const ARGUMENTS = ['', '1', '1, 1', '1, 1, 1'];

async function withConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection(connectionOptions(database));
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

/** The error that the server answers a query with; 0 where there is none. */
async function errorOf(connection: Connection, sql: string): Promise<number> {
  try {
    await connection.query(sql);
    return 0;
  } catch (error) {
    return (error as { errno: number }).errno;
  }
}

describe('the list of built-in functions', () => {
  it.runIf(database.flavour === 'mariadb')('has what the server says it has', async () => {
    const rows = await withConnection(async (connection) => {
      const sql = 'SELECT `FUNCTION` AS name FROM information_schema.SQL_FUNCTIONS';
      return (await connection.query<RowDataPacket[]>(sql))[0];
    });
    const names = rows.map(({ name }) => String(name).toLowerCase()).filter((name) => !name.includes('_oracle'));
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
  });

  it('has nothing that the server would look for among stored functions', async () => {
    const looksFor = await withConnection(async (connection) => {
      await connection.query('USE information_schema');
      expect(await errorOf(connection, 'SELECT surely_not_there()')).toBe(ER_SP_DOES_NOT_EXIST);
      const found: string[] = [];
      for (const name of listed) {
        const calls = [`${name}()`, `${name}(1)`, `${name}(1, 1)`];
        const errors = await Promise.all(calls.map((call) => errorOf(connection, `DO ${call}`)));
        if (errors.every((error) => error === ER_SP_DOES_NOT_EXIST)) found.push(name);
      }
      return found;
    });
    expect(looksFor).toEqual([]);
  });

  for (const [form, write, mode] of FORMS) {
    it(`has what the server finds without stored functions ${form}`, async () => {
      const scope = analyser.scope(dialect, 'pets', mode);
      await withConnection(async (connection) => {
        await connection.query('USE information_schema');
        await connection.query(`SET sql_mode = '${mode}'`);
        for (const name of listed) {
          const calls = ARGUMENTS.map((list) => `${write(name)}(${list})`);
          const errors = await Promise.all(calls.map((call) => errorOf(connection, `DO ${call}`)));
          calls.forEach((call, index) => {
            const { kind, routines = [] } = analysisOf(`SELECT ${call}`, scope);
            const error = errors[index] ?? 0;
            const isLooked = error === ER_SP_DOES_NOT_EXIST || error === ER_FUNC_INEXISTENT_NAME_COLLISION;
            if (isLooked) expect(kind === 'unknown' || routines.includes(name), call).toBe(true);
            if (error === 0) expect(routines, call).toEqual([]);
          });
        }
      });
    });
  }

  it('is the one of the version', () => {
    expect(builtInFunctions({ flavour: 'mariadb', version: 101118 }).has('trunc')).toBe(false);
    expect(builtInFunctions({ flavour: 'mariadb', version: 120300 }).has('trunc')).toBe(true);
    expect(builtInFunctions({ flavour: 'mysql', version: 80036 }).has('to_vector')).toBe(false);
    expect(builtInFunctions({ flavour: 'mysql', version: 90100 }).has('to_vector')).toBe(true);
    expect(builtInFunctions({ flavour: 'mysql', version: 80036 }).has('md5')).toBe(true);
    expect(builtInFunctions({ flavour: 'mysql', version: 90700 }).has('md5')).toBe(false);
  });

  it('tells a stored function, by whatever name it is called', () => {
    for (const flavour of ['mysql', 'mariadb'] as const) {
      expect(analysisOf('SELECT fdel(1), ABS(2)', scopeOf(flavour)).routines).toEqual(['fdel']);
      expect(analysisOf('SELECT shop.abs(2)', scopeOf(flavour)).routines).toEqual(['shop.abs']);
      expect(analysisOf('DELETE FROM t WHERE id = fdel(id)', scopeOf(flavour)).routines).toEqual(['fdel']);
    }
  });

  it('tells a call in quotes, or apart from its parenthesis, from the one before it', () => {
    for (const flavour of ['mysql', 'mariadb'] as const) {
      const routinesOf = (sql: string, mode = ''): readonly string[] | undefined =>
        analysisOf(sql, scopeOf(flavour, mode)).routines;
      for (const sql of ['SELECT MAX(id) FROM t', 'INSERT INTO t VALUES (NOW(), `abs`(1), ABS (2))']) {
        expect(routinesOf(sql), sql).toBeUndefined();
      }
      expect(routinesOf('SELECT MAX (id) FROM t', 'IGNORE_SPACE')).toBeUndefined();
      expect(routinesOf('SELECT MAX (id) FROM t', 'ANSI')).toBeUndefined();
      expect(routinesOf('SELECT MAX (id) FROM t')).toEqual(['max']);
      expect(routinesOf('SELECT `Max`(id) FROM t')).toEqual(['max']);
      expect(routinesOf('INSERT INTO t VALUES (NOW (), 1)')).toEqual(['now']);
      expect(routinesOf('DELETE FROM t WHERE id IN (1, SUBSTR (a, 1))')).toEqual(['substr']);
      expect(routinesOf('CALL p(COUNT/**/(1))', 'IGNORE_SPACE')).toEqual(['p', 'count']);
      expect(routinesOf('CREATE TABLE c AS SELECT `replace`(a, 1, 2) FROM t')).toEqual(['replace']);
      expect(routinesOf('SELECT id FROM t WHERE `not`(id)')).toEqual(['not']);
    }
  });

  it('takes no table, column or index of the name of a function for a call', () => {
    for (const flavour of ['mysql', 'mariadb'] as const) {
      for (const sql of [
        'INSERT INTO `user` (`date`, `position`) VALUES (NOW(), USER())',
        'INSERT INTO position (id) VALUES (POSITION(1 IN 2))',
        'CREATE TABLE `count` (`user` INT, KEY `user` (`user`), CHECK (`date` IN (1)))',
        'CREATE TABLE `values` (id INT) AS SELECT COUNT(*) AS `count` FROM t',
        'WITH `year` (a) AS (SELECT 1) SELECT `year`.a FROM `year` WHERE `month` IN (1, 2)',
        'SELECT COUNT(`count`), IF (a, b, c), LEFT (a, 1) FROM t',
      ]) {
        const analysis = analysisOf(sql, scopeOf(flavour));
        expect([analysis.problem, analysis.routines], sql).toEqual([undefined, undefined]);
      }
    }
  });

  it('counts the arguments of a point: MariaDB looks for another one of that name', () => {
    expect(analysisOf('SELECT POINT(1, (2)), LINESTRING(POINT(1, 2))', scopeOf('mariadb')).routines).toBeUndefined();
    expect(analysisOf('SELECT POINT((1, 2)), POLYGON()', scopeOf('mariadb')).routines).toEqual(['point', 'polygon']);
  });

  it('knows the sequences of MariaDB, which are tables', () => {
    const { routines, tables } = analysisOf('SELECT NEXTVAL(s)', scopeOf('mariadb'));
    expect(routines).toBeUndefined();
    expect(tablesOf(tables)).toBe('shop.s write nested');
    expect(analysisOf('SELECT NEXTVAL(s)', scopeOf('mysql')).routines).toEqual(['nextval']);
  });
});
