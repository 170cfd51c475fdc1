/**
 * The process that is killed: the load of four agents on eight connections, endlessly, audited into a journal and from there to the
 * collector. Told what to do by the JSON in its first argument.
 *
 * @module
 */
import { createPool, type PoolOptions } from 'mysql2';
import { govern } from '../../adapters/mysql2/index.js';
import type { Durability } from '../../src/audit/index.js';
import { createGovernor } from '../../src/session/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { type Credentials, signIn } from '../governed/agents.js';
import { runLoad } from './load.js';

/** What the process is told. */
export interface KilledAgentOrders {
  readonly connection: PoolOptions;
  readonly credentials: readonly Credentials[];
  readonly journal: string;
  readonly recordsUrl: string;
  /** First number of this process's statements. */
  readonly from: number;
  readonly durability?: Durability;
  /** Bound of the journal. */
  readonly maxBytes?: number;
}

const orders = JSON.parse(process.argv[2] ?? '') as KilledAgentOrders;
const governor = await createGovernor({
  audit: {
    directory: orders.journal,
    transports: [httpTransport({ url: orders.recordsUrl })],
    batchAgeMs: 20,
    durability: orders.durability,
    maxBytes: orders.maxBytes,
  },
});
const pool = govern(createPool({ ...orders.connection, connectionLimit: 8 }), governor);
const identities = await Promise.all(orders.credentials.map(signIn));
// However slow the machine is, some statements have run when it is killed.
await Promise.all(identities.map((identity, index) => runLoad(pool, identity, orders.from + 990_000 + index * 10, 10)));
process.stdout.write('running\n');
await Promise.all(
  identities.flatMap((identity) =>
    [0, 1].map((worker) => runLoad(pool, identity, orders.from + worker * 500_000, 500_000)),
  ),
);
