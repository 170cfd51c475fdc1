/**
 * A client process of the bench: it runs rounds of a point select as its parent orders. One that is governed pays for its delivery.
 *
 * @module
 */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createGovernor, type Durability, type Governor, httpTransport, maskColumn, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { type Credentials, signIn } from '../examples/demo/sign-in.js';
import type { Round, RoundOrder, Streamed, StreamOrder } from './round.js';

/** What the parent gives a client on its command line, as JSON. */
export interface ClientSetup {
  readonly connection: PoolOptions;
  /** Left out for the stock driver. */
  readonly governor?: {
    readonly credentials: Credentials;
    readonly maskedColumn: string;
    readonly journal: string;
    readonly receiver: string;
    readonly durability: Durability;
  };
}

const { connection, governor: governorSetup } = JSON.parse(process.argv[2] ?? '{}') as ClientSetup;
const governor = governorSetup === undefined ? undefined : await createGovernorOf(governorSetup);
process.on('message', (order: RoundOrder | StreamOrder) => {
  void ('stream' in order ? runStream(order) : runRound(order)).then((result) => process.send?.(result));
});
process.send?.('ready');
await once(process, 'disconnect');
await governor?.close();

async function createGovernorOf(setup: NonNullable<ClientSetup['governor']>): Promise<Governor> {
  return createGovernor({
    identity: await signIn(setup.credentials),
    masks: [maskColumn(setup.maskedColumn, 'email')],
    audit: {
      directory: setup.journal,
      durability: setup.durability,
      transports: [httpTransport({ url: setup.receiver })],
    },
  });
}

async function runRound({ sql, method, statements, inFlight }: RoundOrder): Promise<Round> {
  const stock = createPool({ ...connection, connectionLimit: inFlight });
  const pool = governor === undefined ? stock : govern(stock, governor);
  await Promise.all(Array.from({ length: inFlight }, () => pool.query('SELECT 1'))); // opens the connections
  await seenBefore(pool, inFlight);
  await drained();
  const run = (): Promise<void> => runStatements(pool, { sql, method, statements, inFlight });
  const cpu = process.cpuUsage();
  const start = performance.now();
  await (governor === undefined ? run() : withTask('bench', run));
  const elapsed = performance.now() - start;
  await drained();
  const { user, system } = process.cpuUsage(cpu);
  await pool.end();
  return { cpuMicros: (user + system) / statements, throughput: (statements / elapsed) * 1000 };
}

/**
 * Answers of other shapes, as every application reads them: V8 compiles a driver that has only ever seen one kind of row for that kind, and
 * would flatter the stock driver, since the governor asks the server questions of its own.
 */
async function seenBefore(pool: Pool, inFlight: number): Promise<void> {
  const columns = ['1 AS a', "'x' AS b", 'NULL AS c', '1.5 AS d', 'NOW() AS e', "x'00ff' AS f"];
  const shapes = columns.map((_, count) => `SELECT ${columns.slice(0, count + 1).join(', ')}`);
  for (let round = 0; round < inFlight * 4; round += 1) {
    for (const sql of shapes) {
      await pool.query(sql);
      await pool.execute(sql);
    }
  }
}

async function runStream({ stream }: StreamOrder): Promise<Streamed> {
  const stock = createCallbackPool({ ...connection, connectionLimit: 1 });
  const pool = governor === undefined ? stock : govern(stock, governor);
  await pool.promise().query('SELECT 1');
  const start = performance.now();
  const before = process.memoryUsage.rss();
  let [rows, bytes, most] = [0, 0, before];
  for await (const row of pool.query(stream).stream() as AsyncIterable<Record<string, string>>) {
    rows += 1;
    for (const value of Object.values(row)) bytes += value.length;
    if (rows % 1_000 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - start) / 1_000;
  await pool.promise().end();
  return { rows, bytes, growth: most - before, seconds };
}

async function runStatements(pool: Pool, { sql, method, statements, inFlight }: RoundOrder): Promise<void> {
  let next = 0;
  const runOne = (id: number): Promise<unknown> =>
    method === 'query' ? pool.query(sql, [id]) : pool.execute(sql, [id]);
  const worker = async (): Promise<void> => {
    while (next < statements) await runOne(next++ % 100);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** Waits until everything that was recorded is delivered. */
async function drained(): Promise<void> {
  while (governor !== undefined) {
    const { openIntents, transports } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
    await setTimeout(2);
  }
}
