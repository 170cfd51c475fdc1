import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  collectorApprover,
  createGovernor,
  type Governor,
  httpTransport,
  type Identity,
  type LoadedPolicy,
  parsePolicy,
  withIdentity,
  withTask,
} from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import type { TestIssuer } from '../../test/issuer/index.js';
import { callTool, type ToolResult } from '../demo/tools.js';
import { getToken, signIn } from '../stage/sign-in.js';
import { approveNext, askInVain, type Person, untilWitnessed } from './approve-next.js';
import { DAY, type Visit } from './day.js';
import { credentialsOf } from './people.js';

/** Records up to the question to carol: the trail's first, which is a checkpoint, and those that follow it. */
const RECORDS_BEFORE_APPROVAL = 12;

/** What the agents work on. */
export interface Shop {
  /** A temporary directory. */
  readonly directory: string;
  readonly issuer: Pick<TestIssuer, 'issuer' | 'audience' | 'tokenEndpoint'>;
  /** Its name, and how it is reached. */
  readonly schema: { readonly name: string; readonly connection: PoolOptions };
  readonly collectorUrl: string;
  /** One that is good for sending records. */
  readonly collectorToken: string;
}

/** Who is told of what happens. */
export interface Audience {
  readonly onVisit?: (visit: Visit) => void;
  readonly onStatement?: (sql: string, result: ToolResult) => void;
  readonly onApproval?: (line: string) => void;
}

/** The policy of the shop, for a schema of any name. */
export function shopPolicy(schema: string): LoadedPolicy {
  const text = readFileSync(new URL('policy.yaml', import.meta.url), 'utf8');
  return parsePolicy(text.replaceAll('shop.', `${schema}.`));
}

/** A governor of the shop, whose checkpoints do not depend on how long anything takes. */
export function governShop(shop: Shop): Promise<Governor> {
  const { collectorUrl: url, collectorToken: token } = shop;
  return createGovernor({
    policy: shopPolicy(shop.schema.name),
    approver: collectorApprover({ url, token }),
    approvalTimeoutMs: 30_000,
    audit: {
      directory: join(shop.directory, 'journal'),
      transports: [httpTransport({ url: `${url}/v1/records`, token })],
      signing: { everyRecords: RECORDS_BEFORE_APPROVAL - 1, everyMs: 600_000 },
    },
  });
}

/** An agent's program, which signs in once. */
interface Program {
  readonly identity: Identity;
  readonly pool: Pool;
}

/**
 * Plays the day to its end, each agent on connections of its own. When it is over, the collector has every record.
 * @returns the key that the records are signed with
 */
export async function playDay(shop: Shop, audience: Audience = {}): Promise<string> {
  const governor = await governShop(shop);
  const programs = new Map<string, Program>();
  try {
    for (const visit of DAY) {
      const program = programs.get(visit.agent) ?? {
        identity: await signIn(credentialsOf(shop.issuer, visit.agent)),
        pool: govern(createPool({ ...shop.schema.connection, connectionLimit: 1 }), governor),
      };
      programs.set(visit.agent, program);
      await pay(visit, program, shop, audience);
    }
  } finally {
    for (const { pool } of programs.values()) await pool.end();
    await governor.close();
  }
  return governor.trail.stats().signingKey;
}

async function pay(visit: Visit, { identity, pool }: Program, shop: Shop, audience: Audience): Promise<void> {
  audience.onVisit?.(visit);
  const work = withIdentity(identity, () =>
    withTask(visit.task, async () => {
      for (const sql of visit.statements) {
        const result = await callTool(pool, { tool: 'query', sql });
        audience.onStatement?.(sql, result);
      }
    }),
  );
  await Promise.all([work, visit.isApproved === true ? approve(shop, audience) : undefined]);
}

/** Carol approves. Dave, who is an auditor, may not even look. */
async function approve({ collectorUrl, issuer }: Shop, { onApproval }: Audience): Promise<void> {
  const personOf = async (name: string): Promise<Person> => ({
    name,
    token: await getToken(credentialsOf(issuer, name)),
  });
  const carol = await personOf('carol');
  await askInVain(collectorUrl, await personOf('dave'));
  // So the trail has the same checkpoints each time.
  await untilWitnessed(collectorUrl, carol, RECORDS_BEFORE_APPROVAL);
  const reason = await approveNext(collectorUrl, carol);
  onApproval?.(`approved by carol: ${reason}`);
}
