/**
 * A client process of the bench: it runs rounds of a point select as its parent orders. One that is governed pays for its delivery.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { govern } from 'countersign/mysql2';
import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import {
  answerOrders,
  createGovernorOf,
  type GovernorSetup,
  measure,
  readSetup,
  type Recording,
  recordingOf,
  repeat,
} from './governed-client.js';
import { type LeastSetup, LeastWork } from './least-work.js';
import type { Round, RoundOrder, Streamed, StreamOrder } from './round.js';

/** What the parent gives a client. */
export interface ClientSetup {
  readonly connection: PoolOptions;
  /** Left out for the stock driver. */
  readonly governor?: GovernorSetup;
  /** In its place: the least that has to be done. */
  readonly least?: LeastSetup;
}

const { connection, governor: governorSetup, least: leastSetup } = readSetup<ClientSetup>();
/** Connections that answers of other shapes are read for. */
const MOST_SEEN = 16;
// How many texts were made that nobody has seen.
let made = 0;
const governor = governorSetup === undefined ? undefined : await createGovernorOf(governorSetup);
const least = leastSetup === undefined ? undefined : new LeastWork(leastSetup);
const recording: Recording = least ?? recordingOf(governor);
await answerOrders((order: RoundOrder | StreamOrder) => ('stream' in order ? runStream(order) : runRound(order)));
await governor?.close();
await least?.close();

async function runRound({ sql, method, statements, inFlight, unseen = 0 }: RoundOrder): Promise<Round> {
  const stock = createPool({ ...connection, connectionLimit: inFlight });
  const pool = governor === undefined ? stock : govern(stock, governor);
  await Promise.all(Array.from({ length: inFlight }, () => pool.query('SELECT 1'))); // opens the connections
  await seenBefore(pool, inFlight);
  const runOne = (turn: number): Promise<unknown> => {
    const text = isUnseen(turn, unseen) ? sql.replace('seen', `unseen_${made++}`) : sql;
    const send = (sent: string): Promise<unknown> =>
      method === 'query' ? pool.query(sent, [turn % 100]) : pool.execute(sent, [turn % 100]);
    return least === undefined ? send(text) : least.statement(text, send);
  };
  const round = await measure(recording, statements, () => repeat(statements, inFlight, runOne));
  await pool.end();
  return round;
}

/** Spreads a share evenly. */
function isUnseen(turn: number, share: number): boolean {
  return Math.floor((turn + 1) * share) > Math.floor(turn * share);
}

/**
 * Answers of other shapes, as every application reads them: V8 compiles a driver that has only ever seen one kind of row for that kind, and
 * would flatter the stock driver, since the governor asks the server questions of its own.
 */
async function seenBefore(pool: Pool, inFlight: number): Promise<void> {
  const columns = ['1 AS a', "'x' AS b", 'NULL AS c', '1.5 AS d', 'NOW() AS e', "x'00ff' AS f"];
  const shapes = columns.map((_, count) => `SELECT ${columns.slice(0, count + 1).join(', ')}`);
  for (let round = 0; round < Math.min(inFlight, MOST_SEEN) * 4; round += 1) {
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
