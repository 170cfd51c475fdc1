import { createPool, type PoolOptions } from 'mysql2';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTokenVerifier, type Identity } from '../../src/identity/index.js';
import { openGeneralLog } from '../database/general-log.js';
import { executedStatements, taggedStatements } from '../e2e/executed-statements.js';
import { markIn } from '../e2e/laid-side-by-side.js';
import { loadSchema, runLoad } from '../e2e/load.js';
import { type Proxied, startProxied } from './index.js';

const AGENTS = ['anna', 'bert', 'cora', 'dave'];
const EACH = 400;

let proxied: Proxied;
beforeAll(async () => {
  proxied = await startProxied(inject('database'), { statements: loadSchema });
});
afterAll(() => proxied.close());

/** The load wants an identity for its marks; whose statements are is up to the proxy. */
async function identityOf(name: string): Promise<Identity> {
  const { issuer, audience } = proxied.agents.credentials(name);
  return createTokenVerifier({ issuer, audience }).verify(await proxied.token(name));
}

it('executes nothing without a record, and records nothing that did not run', async () => {
  const log = await openGeneralLog(inject('database'));
  const pools = await Promise.all(
    AGENTS.map(async (name) => {
      const login = await proxied.login(name, { user: `${name}+task-${name}` });
      return createPool({ ...login, connectionLimit: 2 } as PoolOptions);
    }),
  );
  await Promise.all(
    pools.flatMap((pool, index) =>
      [0, 1].map(async (worker) => runLoad(pool, await identityOf(AGENTS[index] ?? ''), worker * EACH, EACH)),
    ),
  );
  await Promise.all(pools.map((pool) => pool.promise().end()));
  const entries = await log.read({ user: proxied.schema.name });
  await log.close();
  const records = await proxied.records();
  expect(records.filter(({ statement }) => statement.command !== 'COM_STMT_PREPARE')).toHaveLength(8 * EACH);
  const ran = records.filter(({ outcome }) => outcome.status !== 'denied');
  expect(ran.map(markIn).sort()).toEqual(executedStatements(entries).sort());
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  const byPlace = new Map(records.map((record) => [`${record.session.id} ${record.session.statement_no}`, record]));
  for (const { agent, session, statement, task, text } of taggedStatements(entries)) {
    const record = byPlace.get(`${session} ${statement}`);
    expect([agent, task, text]).toEqual([record?.agent?.subject, record?.task?.id, record?.statement.text]);
  }
  for (const record of records) {
    if (record.statement.command === 'COM_STMT_PREPARE') continue;
    const [, agent = ''] = /m-(\w+)-\d+-\d/.exec(markIn(record)) ?? [];
    expect([record.agent?.name, record.task]).toEqual([agent, { id: `task-${agent}`, source: 'asserted' }]);
  }
}, 120_000);
