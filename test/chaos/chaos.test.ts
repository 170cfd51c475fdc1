/**
 * Writers, collector and connections are killed at random under load, and the collector is away for so long that the journal's disk fills up. In
 * the end, the server's general log and the collector's records must agree.
 *
 * `COUNTERSIGN_CHAOS_KILLS` is how often something is killed, 12 where it is not given. The long form prints its figures.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import { createGovernor } from '../../src/session/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { openGeneralLog } from '../database/general-log.js';
import { connectionOptions } from '../database/readiness.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import type { KilledAgentOrders } from '../e2e/killed-agent.js';
import { differences } from '../e2e/laid-side-by-side.js';
import { loadSchema } from '../e2e/load.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { type Process, startProcess } from './processes.js';

const KILLS = Number(process.env['COUNTERSIGN_CHAOS_KILLS'] ?? 12);
const PER_PROCESS = 10_000_000;

let schema: TestSchema;
let agents: Agents;
let directory: string;
let isSmallDisk: boolean;

beforeAll(async () => {
  schema = await createSchema(inject('database'), loadSchema);
  agents = await startAgents();
  directory = await mkdtemp(join(tmpdir(), 'countersign-chaos-'));
  // The journal's disk fills up before the journal does; without root, the journal does.
  await mkdir(journal());
  isSmallDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'countersign-test', journal()]).status === 0;
});
afterAll(async () => {
  await agents.stop();
  await schema.drop();
  if (isSmallDisk) spawnSync('umount', ['--lazy', journal()]);
  await rm(directory, { recursive: true, force: true });
});

const journal = (): string => join(directory, 'journal');

/** A collector that keeps its port and its records however often it is killed. */
class KilledCollector {
  #process: Process | undefined;
  #port = '0';

  async start(): Promise<void> {
    this.#process = await startProcess('../collector/collector-process.ts', join(directory, 'collector'), this.#port);
    this.#port = new URL(this.#process.line.replace('listening ', '')).port;
  }

  get recordsUrl(): string {
    return `http://127.0.0.1:${this.#port}/v1/records`;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async records(): Promise<StatementRecord[]> {
    const records: AuditRecord[] = [];
    for (let after = '0'; ;) {
      const response = await fetch(`${this.recordsUrl}?limit=1000&after=${after}`);
      const page = (await response.json()) as { records: AuditRecord[]; next: string };
      if (page.records.length === 0) break;
      records.push(...page.records);
      after = page.next;
    }
    return records.filter((record) => record.type === 'statement');
  }
}

/** Cuts every connection of the load on the server's side. */
async function cutConnections(): Promise<void> {
  const admin = await createConnection(connectionOptions(inject('database')));
  const [rows] = await admin.query<RowDataPacket[]>('SELECT id FROM information_schema.processlist WHERE user = ?', [
    schema.name,
  ]);
  for (const { id, ID = id } of rows as { id?: number; ID?: number }[]) {
    await admin.query(`KILL CONNECTION ${String(ID)}`).catch(() => undefined);
  }
  await admin.end();
}

it(
  `nothing is lost, repeated or invented, whatever is killed (${KILLS} times)`,
  { retry: 0, timeout: 3_600_000 },
  async () => {
    const log = await openGeneralLog(inject('database'));
    const collector = new KilledCollector();
    await collector.start();
    let started = 0;
    const startAgent = (): Promise<Process> => {
      const orders: KilledAgentOrders = {
        connection: schema.connection as KilledAgentOrders['connection'],
        credentials: ['anna', 'bert', 'cora', 'dave'].map(agents.credentials),
        journal: journal(),
        recordsUrl: collector.recordsUrl,
        from: PER_PROCESS * started,
        durability: started % 3 === 2 ? 'disk' : 'os',
        maxBytes: (isSmallDisk ? 64 : 4) * 1024 ** 2,
      };
      started += 1;
      return startProcess('../e2e/killed-agent.ts', JSON.stringify(orders));
    };
    let agent = await startAgent();
    const done = { agent: 0, collector: 0, connections: 0, away: 0 };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await setTimeout(100 + Math.random() * 400);
      const what = kill % 6;
      if (what === 1) {
        done.connections += 1;
        await cutConnections();
      } else if (what === 3 || what === 5) {
        done.collector += 1;
        await collector.kill();
        // Once in a while for so long that the disk is full, and statements are refused.
        if (what === 5) {
          done.away += 1;
          await setTimeout(3_000);
        }
        await collector.start();
      } else {
        done.agent += 1;
        await agent.kill();
        agent = await startAgent();
      }
    }
    await setTimeout(300);
    await agent.kill();
    await deliverTheRest(collector.recordsUrl);
    const records = await collector.records();
    const found = differences(await log.read({ user: schema.name }), records);
    await log.close();
    await collector.kill();
    const refused = records.filter(({ outcome }) => outcome.status === 'denied').length;
    process.stdout.write(
      `chaos: ${JSON.stringify({ ...done, isSmallDisk, records: records.length, refused, ...found })}\n`,
    );
    expect(found).toMatchObject({ missing: [], invented: [], repeated: [] });
    expect(found.executed).toBeGreaterThan(KILLS * 20);
  },
);

/** A last process on the same journal directory delivers what the killed ones left. */
async function deliverTheRest(recordsUrl: string): Promise<void> {
  const governor = await createGovernor({
    audit: {
      directory: journal(),
      transports: [httpTransport({ url: recordsUrl })],
      drainDeadlineMs: 60_000,
    },
  });
  expect(await governor.trail.close()).toBe(true);
}
