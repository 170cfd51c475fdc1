import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { builtInFunctions } from '../../src/sql/built-in-functions.js';
import { dialectOf } from '../../src/session/session-state.js';
import { connectionOptions } from '../database/readiness.js';
import { analysisOf, scopeOf, tablesOf } from './analysed.js';

const database = inject('database');
const ER_SP_DOES_NOT_EXIST = 1305;
const listed = builtInFunctions(dialectOf(database.version));

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

  it('knows the sequences of MariaDB, which are tables', () => {
    const { routines, tables } = analysisOf('SELECT NEXTVAL(s)', scopeOf('mariadb'));
    expect(routines).toBeUndefined();
    expect(tablesOf(tables)).toBe('shop.s write nested');
    expect(analysisOf('SELECT NEXTVAL(s)', scopeOf('mysql')).routines).toEqual(['nextval']);
  });
});
