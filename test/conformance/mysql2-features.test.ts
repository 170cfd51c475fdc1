import { createPool, type Pool, type PoolOptions } from 'mysql2';
import { inject } from 'vitest';
import { defaultPolicy } from '../../src/guardrails/index.js';
import { startGoverned } from '../governed/index.js';
import { startProxied } from '../proxy/index.js';
import { describeMysql2, featureOptions, featureSchema } from './mysql2-features.js';

const database = inject('database');

describeMysql2('governed in this process', async () => {
  const governed = await startGoverned(database, { statements: featureSchema, allow: featureOptions });
  return governed;
});

describeMysql2('through the proxy', async () => {
  const proxied = await startProxied(database, {
    statements: featureSchema,
    governor: { policy: defaultPolicy(featureOptions) },
  });
  const login = await proxied.login('anna');
  const pools: Pool[] = [];
  return {
    pool(options): Pool {
      const pool = createPool({ ...login, ...options } as PoolOptions);
      pools.push(pool);
      return pool;
    },
    records: () => proxied.records(),
    async close(): Promise<void> {
      await Promise.all(pools.map((pool) => pool.promise().end()));
      await proxied.close();
    },
  };
});
