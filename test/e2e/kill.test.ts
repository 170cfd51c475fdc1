import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import { type Collector, createCollector } from '../../src/collector/index.js';
import { createGovernor } from '../../src/session/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { openGeneralLog } from '../database/general-log.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from '../governed/agents.js';
import type { KilledAgentOrders } from './killed-agent.js';
import { differences } from './laid-side-by-side.js';
import { loadSchema } from './load.js';

const KILLS = 10;
let schema: TestSchema;
let agents: Agents;
let directory: string;
let collector: Collector;

beforeAll(async () => {
  schema = await createSchema(inject('database'), loadSchema);
  agents = await startAgents();
  directory = await mkdtemp(join(tmpdir(), 'countersign-kill-'));
  collector = await createCollector({ directory: join(directory, 'collector') });
});
afterAll(async () => {
  await collector.close();
  await agents.stop();
  await schema.drop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the agent process until it has worked for `afterMs`, and kills it. */
async function runAndKill(orders: KilledAgentOrders, afterMs: number): Promise<void> {
  const script = fileURLToPath(new URL('./killed-agent.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => {
      throw new Error('the agent process ended before it ran');
    }),
  ]);
  await setTimeout(afterMs);
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
}

/** A last process on the same journal directory delivers what the killed ones left. */
async function deliverTheRest(): Promise<void> {
  const governor = await createGovernor({
    audit: {
      directory: join(directory, 'journal'),
      transports: [httpTransport({ url: collector.recordsUrl })],
      drainDeadlineMs: 60_000,
    },
  });
  expect(await governor.trail.close()).toBe(true);
}

async function collected(): Promise<StatementRecord[]> {
  const records: AuditRecord[] = [];
  for (let after = '0'; ;) {
    const response = await fetch(`${collector.recordsUrl}?limit=1000&after=${after}`);
    const page = (await response.json()) as { records: AuditRecord[]; next: string };
    records.push(...page.records);
    if (page.records.length === 0) break;
    after = page.next;
  }
  return records.filter((record) => record.type === 'statement');
}

describe('kill -9 of the agent', { retry: 0 }, () => {
  it(`loses no record of a statement that the server executed, ${KILLS} times`, async () => {
    const log = await openGeneralLog(inject('database'));
    const orders = {
      connection: schema.connection as KilledAgentOrders['connection'],
      credentials: ['anna', 'bert', 'cora', 'dave'].map(agents.credentials),
      journal: join(directory, 'journal'),
      recordsUrl: collector.recordsUrl,
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await runAndKill({ ...orders, from: kill * 1_000_000 }, 150 + Math.random() * 350);
    }
    await deliverTheRest();
    const found = differences(await log.read({ user: schema.name }), await collected());
    await log.close();
    expect(found).toMatchObject({ missing: [], invented: [], repeated: [] });
    expect(found.executed).toBeGreaterThan(KILLS * 20);
    expect(found.unknown).toBeGreaterThan(0);
  }, 180_000);
});
