import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAnalyser } from '../../src/sql/index.js';
import { compare, type Comparison, verbOf } from './comparison.js';
import { definitionIn } from './definition.js';
import { dialectOf } from './dialect.js';
import { type Probe, Prober } from './prober.js';
import { Tally } from './tally.js';

const database = inject('database');
const analyser = createAnalyser();
const scope = analyser.scope(dialectOf(database), 'test', '');

function statement(sql: string, ...before: readonly string[]): Parameters<Prober['probe']>[0] {
  const definitions = before.flatMap((definition) => definitionIn(definition) ?? []);
  return { sql, place: 'here', definitions, defined: definitions.length };
}

function compared(sql: string, probe: Probe): Comparison {
  return compare(statement(sql), probe, analyser, scope);
}

describe.skipIf(!database.owned)('a probe', () => {
  let prober: Prober;
  beforeAll(async () => {
    prober = await Prober.open(database);
  });
  afterAll(() => prober.close());

  it('finds the tables that the server opens, by making them', async () => {
    const sql =
      'SELECT o.total, c.name FROM orders o JOIN corpus_other.customers c ON c.id = o.customer_id WHERE f(o.id) = 1';
    const found = {
      error: undefined,
      needed: [
        { schema: 'test', table: 'orders' },
        { schema: 'corpus_other', table: 'customers' },
      ],
      refused: undefined,
    };
    expect(await prober.probe(statement(sql))).toEqual(found);
    // Everything was taken away again.
    expect(await prober.probe(statement(sql))).toEqual(found);
  });

  it('takes the definition that the file has', async () => {
    const sql = 'SELECT ST_X(place) FROM places';
    const { error, needed } = await prober.probe(statement(sql, 'CREATE TABLE places (place POINT) ENGINE=MyISAM'));
    expect([error, needed]).toEqual([undefined, [{ schema: 'test', table: 'places' }]]);
  });

  it('finds what is written', async () => {
    const written = { schema: 'test', table: 'a' };
    for (const sql of [
      'INSERT INTO a SELECT x FROM b',
      'INSERT INTO a VALUES (1, 2, 3)',
      'UPDATE a SET x = 1',
      'DELETE FROM a',
    ]) {
      expect((await prober.probe(statement(sql))).refused, sql).toEqual(written);
    }
    expect((await prober.probe(statement('SELECT x FROM a'))).refused).toBeUndefined();
  });

  it('says why the server does not accept a statement', async () => {
    expect((await prober.probe(statement('SELECT FROM WHERE'))).error?.errno).toBe(1064);
  });
});

describe('a comparison', () => {
  const orders = { schema: 'test', table: 'orders' };
  const seen = { error: undefined, needed: [orders], refused: undefined };

  it('has no fault where the analysis sees what the server does', () => {
    expect(compared('SELECT id FROM orders', seen)).toMatchObject({ problem: undefined, faults: [] });
    expect(compared('DELETE FROM orders', { ...seen, refused: orders }).faults).toEqual([]);
    expect(compared('EXPLAIN DELETE FROM orders', { ...seen, refused: orders }).faults).toEqual([]);
  });

  it('shows a table that was missed, a write read as a read, and a wrong split', () => {
    expect(compared('SELECT 1', seen).faults).toEqual(['table missed: test.orders']);
    expect(compared('SELECT id FROM orders', { ...seen, refused: orders }).faults).toEqual([
      'write read as read: test.orders',
    ]);
    expect(compared('SELECT 1; SELECT 2', seen).faults).toEqual(['split into 2, where the server sees one']);
  });

  it('counts by the first word, whatever stands before it', () => {
    expect(verbOf('/* x */ -- y\n (( select 1))')).toBe('SELECT');
    expect(verbOf('/*!50000 delete */ from t')).toBe('DELETE');
    const tally = new Tally();
    tally.add(compared('SELECT id FROM orders', seen));
    tally.add(compared('(SELECT NONSENSE FROM', seen));
    expect([tally.dml, tally.reasons.size, tally.faults]).toEqual([{ accepted: 2, understood: 1 }, 1, []]);
  });
});
