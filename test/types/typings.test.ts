import type stock from 'mysql2';
import type * as Stock from 'mysql2';
import type stockPromise from 'mysql2/promise';
import type * as StockPromise from 'mysql2/promise';
import type { Knex } from 'knex';
import { expectTypeOf, it } from 'vitest';
import { createKnex, govern as governKnex } from '../../adapters/knex/index.js';
import mysql, * as named from '../../adapters/mysql2/index.js';
import { govern } from '../../adapters/mysql2/index.js';
import promise, * as promised from '../../adapters/mysql2/promise.js';
import { type Governor, withContext, withIdentity, withTask } from '../../src/session/index.js';

// Nothing here runs: the compiler is the test.
it('what is governed keeps its type', () => {
  expectTypeOf(govern<Stock.Pool>).returns.toEqualTypeOf<Stock.Pool>();
  expectTypeOf(govern<StockPromise.Pool>).returns.toEqualTypeOf<StockPromise.Pool>();
  expectTypeOf(govern<StockPromise.Connection>).returns.toEqualTypeOf<StockPromise.Connection>();
  expectTypeOf(govern<Stock.PoolCluster>).returns.toEqualTypeOf<Stock.PoolCluster>();
  expectTypeOf(governKnex<Knex>).returns.toEqualTypeOf<Knex>();
  expectTypeOf(createKnex).returns.toEqualTypeOf<Knex>();
  expectTypeOf(govern).parameter(1).toEqualTypeOf<Governor | Promise<Governor>>();
  // @ts-expect-error a date is nothing of mysql2's
  expectTypeOf((governor: Governor) => govern(new Date(), governor)).toBeFunction();
});

it('the modules in the place of mysql2’s have its types, by default and by name', () => {
  expectTypeOf(mysql).toEqualTypeOf<typeof stock>();
  expectTypeOf(promise).toEqualTypeOf<typeof stockPromise>();
  expectTypeOf(named.createPool).toEqualTypeOf<typeof Stock.createPool>();
  expectTypeOf(named.createConnection).toEqualTypeOf<typeof Stock.createConnection>();
  expectTypeOf(promised.createPool).toEqualTypeOf<typeof StockPromise.createPool>();
  expectTypeOf(named.createPoolPromise).toEqualTypeOf<typeof StockPromise.createPool>();
  expectTypeOf<named.Pool>().toEqualTypeOf<Stock.Pool>();
  expectTypeOf<named.PoolConnection>().toEqualTypeOf<Stock.PoolConnection>();
  expectTypeOf<named.RowDataPacket>().toEqualTypeOf<Stock.RowDataPacket>();
  expectTypeOf<promised.Connection>().toEqualTypeOf<StockPromise.Connection>();
});

it('what runs as somebody gives what it gave, and starts what is lazy', () => {
  expectTypeOf(withTask<number>).returns.toEqualTypeOf<number>();
  expectTypeOf(withTask<Promise<string>>).returns.toEqualTypeOf<Promise<string>>();
  expectTypeOf(withContext<Knex.QueryBuilder<object, string[]>>).returns.resolves.toEqualTypeOf<string[]>();
  expectTypeOf(
    withIdentity<Promise<[StockPromise.RowDataPacket[], StockPromise.FieldPacket[]]>>,
  ).returns.resolves.toEqualTypeOf<[StockPromise.RowDataPacket[], StockPromise.FieldPacket[]]>();
});
