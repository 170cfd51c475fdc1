import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import type { Answer } from './answer.js';
import { judge } from './judgement.js';
import { readQueries, type UsefulQuery } from './query.js';
import { lineOf, type Measured, plainOnes, problemsOf, shareOfRight, summaryOf } from './report.js';
import { CLIENT_OPTIONS, type Protocol, ShopClient } from './shop-client.js';
import { SHOP_MASKS } from './shop-tables.js';
import { SHOP } from './shop.js';

const PROTOCOLS: readonly Protocol[] = ['query', 'execute'];
/** ER_UNSUPPORTED_PS: it cannot be prepared. */
const UNPREPARABLE = /not supported in the prepared statement protocol/;

const queries = readQueries();
let governed: Governed;
let measured: readonly Measured[];

/** Why the stock answer could not tell a mask from none. */
function hollowness({ masked }: UsefulQuery, stock: Answer): string | undefined {
  if (stock.kind === 'written') return stock.affectedRows === 0 ? 'writes nothing' : undefined;
  if (stock.kind !== 'rows') return undefined;
  if (stock.rows.length === 0) return 'no rows';
  const empty = masked.filter((name) => {
    const index = stock.columns.indexOf(name);
    return !stock.rows.some((row) => row[index] !== null && row[index] !== undefined);
  });
  return empty.length === 0 ? undefined : `no values in ${empty.join(', ')}`;
}

async function measure(query: UsefulQuery, client: ShopClient, stockClient: ShopClient): Promise<Measured> {
  let worst: Measured | undefined;
  for (const protocol of PROTOCOLS) {
    const stock = await stockClient.run(query, protocol);
    if (stock.kind === 'failed' && UNPREPARABLE.test(stock.message)) continue;
    const { outcome, why } = judge(query, await client.run(query, protocol), stock);
    const one: Measured = {
      query,
      judgement: { outcome, why: `by ${protocol}: ${why}` },
      hollow: hollowness(query, stock),
    };
    if (worst === undefined || worst.judgement.outcome === 'right' || outcome === 'leaked') worst = one;
  }
  if (worst === undefined) throw new Error(`no protocol takes ${query.sql}`);
  return worst;
}

beforeAll(async () => {
  governed = await startGoverned(inject('database'), { statements: SHOP, masks: SHOP_MASKS });
  const observer = governed.stockPool(CLIENT_OPTIONS);
  const client = new ShopClient(governed.pool(CLIENT_OPTIONS), observer, governed.schema.name);
  const stockClient = new ShopClient(governed.stockPool(CLIENT_OPTIONS), observer, governed.schema.name);
  const all: Measured[] = [];
  for (const query of queries) all.push(await measure(query, client, stockClient));
  measured = all;
  console.log(`${summaryOf(measured)}\n${problemsOf(measured)}`);
});
afterAll(() => governed.close());

const linesOf = (outcome: string): readonly string[] =>
  measured.filter(({ judgement }) => judgement.outcome === outcome).map(lineOf);

describe('over tables with masked columns', () => {
  it('at least 320 queries are tried, and at most 8 % of them are such that a refusal could be expected', () => {
    expect(new Set(queries.map(({ sql }) => sql)).size).toBe(queries.length);
    expect(queries.length).toBeGreaterThanOrEqual(320);
    expect(queries.filter(({ refusable }) => refusable !== undefined).length / queries.length).toBeLessThanOrEqual(
      0.08,
    );
  });

  it('what should be masked has values where nobody governs, and few answers are empty', () => {
    const hollow = measured.filter((one) => one.hollow !== undefined);
    const lines = hollow.map((one) => `${one.hollow ?? ''}: ${one.query.sql}`);
    expect(lines.filter((line) => line.startsWith('no values'))).toEqual([]);
    expect(hollow.length / measured.length, lines.join('\n')).toBeLessThan(0.06);
  });

  it('no query shows a masked value', () => {
    expect(linesOf('leaked')).toEqual([]);
  });

  it('no query fails, or is answered otherwise, but for what is masked', () => {
    expect([...linesOf('failed'), ...linesOf('different')]).toEqual([]);
  });

  it('95 % of what nobody could expect to be refused is answered, with the masks where they belong and nowhere else', () => {
    expect(shareOfRight(plainOnes(measured))).toBeGreaterThanOrEqual(0.95);
  });
});
