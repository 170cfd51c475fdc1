import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createPool, type Pool, type PoolOptions } from 'mysql2';
import { govern } from '../../adapters/mysql2/index.js';
import type { Approver } from '../../src/approval/index.js';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import { defaultPolicy, type Policy, type PresetOptions } from '../../src/guardrails/index.js';
import type { Identity } from '../../src/identity/index.js';
import { maskColumn, type MaskerChoice, type MaskRule } from '../../src/masking/index.js';
import { createGovernor, type Governor, type GovernorOptions } from '../../src/session/index.js';
import { functionTransport } from '../../src/transports/index.js';
import type { DatabaseAddress } from '../database/index.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from './agents.js';

/** A governor over a schema of its own, and what reached its transport. */
export interface Governed {
  readonly governor: Governor;
  readonly schema: TestSchema;
  /** A governed pool, which `close` ends. */
  pool(options?: PoolOptions): Pool;
  /** A pool that nobody governs, which `close` ends. */
  stockPool(options?: PoolOptions): Pool;
  govern(pool: Pool): Pool;
  /** A verified identity of one of the issuer's agents. */
  identity(name: string): Promise<Identity>;
  /** All statement records so far, in the order of delivery. */
  records(): Promise<StatementRecord[]>;
  /** The records that were delivered so far, in order. */
  delivered(): readonly AuditRecord[];
  /** All other records so far, in the order of delivery. */
  events(): Promise<AuditRecord[]>;
  /** The last record that fits, waited for up to 5 seconds. */
  recordOf(fits: (record: StatementRecord) => boolean): Promise<StatementRecord>;
  /** Ends `receiverDown`. */
  receiverBack(): void;
  close(): Promise<void>;
}

/** What a test wants of its governor. */
export interface GovernedOptions {
  readonly statements?: readonly string[];
  /** What the default policy allows beside. */
  readonly allow?: PresetOptions;
  /** In the place of the default policy. */
  readonly policy?: Policy;
  readonly environment?: string;
  readonly catalogue?: GovernorOptions['catalogue'];
  readonly approver?: Approver;
  readonly approvalTimeoutMs?: number;
  readonly approvalEstimates?: boolean;
  readonly tag?: boolean;
  readonly trace?: GovernorOptions['trace'];
  /** `table.column` to masker, or the rules for a schema of this name. */
  readonly masks?: Readonly<Record<string, MaskerChoice>> | ((schema: string) => readonly MaskRule[]);
  /** Leave the governor without an identity of its own. */
  readonly anonymous?: boolean;
  /** Bound of the journal. */
  readonly maxJournalBytes?: number;
  /** Take no records until `receiverBack` is called. */
  readonly receiverDown?: boolean;
  /** How long a statement waits for the receiver, where a rule has it wait. */
  readonly remoteDeadlineMs?: number;
}

function masksOf(masks: NonNullable<GovernedOptions['masks']>, schema: string): readonly MaskRule[] {
  if (typeof masks === 'function') return masks(schema);
  return Object.entries(masks).map(([column, mask]) => maskColumn(`${schema}.${column}`, mask));
}

/** Starts an issuer, makes a schema, and creates a governor whose records are delivered to a list. */
export async function startGoverned(database: DatabaseAddress, options: GovernedOptions = {}): Promise<Governed> {
  const schema = await createSchema(database, options.statements);
  const directory = await mkdtemp(join(tmpdir(), 'countersign-journal-'));
  const agents: Agents = await startAgents();
  const delivered: StatementRecord[] = [];
  const events: AuditRecord[] = [];
  const all: AuditRecord[] = [];
  let down = options.receiverDown === true;
  const transport = functionTransport(({ records }) => {
    if (down) return { status: 'retry', reason: 'down' };
    for (const record of records) {
      const parsed = JSON.parse(record.toString('utf8')) as AuditRecord;
      all.push(parsed);
      if (parsed.type === 'statement') delivered.push(parsed);
      else events.push(parsed);
    }
    return undefined;
  });
  const governor = await createGovernor({
    audit: {
      directory,
      transports: [transport],
      batchAgeMs: 5,
      ...(options.remoteDeadlineMs !== undefined && { remote: { deadlineMs: options.remoteDeadlineMs } }),
      ...(options.maxJournalBytes !== undefined && { maxBytes: options.maxJournalBytes }),
    },
    policy: options.policy ?? defaultPolicy(options.allow),
    ...(options.environment !== undefined && { environment: options.environment }),
    ...(options.catalogue !== undefined && { catalogue: options.catalogue }),
    ...(options.approver !== undefined && { approver: options.approver }),
    ...(options.tag !== undefined && { tag: options.tag }),
    ...(options.trace !== undefined && { trace: options.trace }),
    ...(options.approvalTimeoutMs !== undefined && { approvalTimeoutMs: options.approvalTimeoutMs }),
    ...(options.approvalEstimates !== undefined && { approvalEstimates: options.approvalEstimates }),
    masks: masksOf(options.masks ?? {}, schema.name),
    ...(options.anonymous !== true && { identity: await agents.identity('anna') }),
  });
  const pools: Pool[] = [];
  const stockPool = (pool?: PoolOptions): Pool => {
    const created = createPool({ ...schema.connection, ...pool } as PoolOptions);
    pools.push(created);
    return created;
  };
  const drained = async (): Promise<void> => {
    for (;;) {
      const { openIntents, transports } = governor.trail.stats();
      if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
      await setTimeout(5);
    }
  };
  const records = (): Promise<StatementRecord[]> => drained().then(() => delivered.slice());
  return {
    governor,
    schema,
    stockPool,
    delivered: () => all,
    events: () => drained().then(() => events.slice()),
    pool: (pool) => govern(stockPool(pool), governor),
    govern: (pool) => govern(pool, governor),
    identity: agents.identity,
    records,
    async recordOf(fits): Promise<StatementRecord> {
      for (const end = Date.now() + 5000; ; await setTimeout(5)) {
        const found = (await records()).findLast(fits);
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error('no record fits');
      }
    },
    receiverBack(): void {
      down = false;
    },
    async close(): Promise<void> {
      await Promise.all(pools.map((pool) => pool.promise().end()));
      await governor.close();
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
      await schema.drop();
    },
  };
}
