import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { builtInFunctions } from '../../src/sql/built-in-functions.js';
import { connectionOptions } from '../database/readiness.js';
import { analysisOf, scopeOf, tablesOf } from './analysed.js';

const database = inject('database');
const listed = builtInFunctions(database.flavour);

describe('the list of built-in functions', () => {
  it.runIf(database.flavour === 'mariadb')('has what the server says it has', async () => {
    const connection = await createConnection(connectionOptions(database));
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT `FUNCTION` AS name FROM information_schema.SQL_FUNCTIONS',
    );
    await connection.end();
    const names = rows.map(({ name }) => String(name).toLowerCase()).filter((name) => !name.includes('_oracle'));
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
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
