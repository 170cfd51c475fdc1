import { setTimeout } from 'node:timers/promises';
import { createConnection as createCoreConnection } from 'mysql2';
import { createConnection, type Connection } from 'mysql2/promise';
import { type ProxyStage, startProxyStage, type Way } from './proxy-stage.js';
import type { Result } from './report/result.js';
import { pairedResult } from './report/paired-result.js';
import { spreadOf } from './report/spread.js';
import type { BenchOptions, Scenario } from './scenario.js';

const AT_ONCE = 50;
/** More than 1 GB, of which one column is masked. */
const ROWS = 1_100;
const LARGE = "SELECT a.id, a.email, CONCAT(b.id, REPEAT('x', 950)) AS note FROM customers AS a JOIN customers AS b";

/** Of the sessions: the memory that each step takes is measured by itself. */
const STEPS = 5;
const MOST_OF_ITS_OWN_KB = 20;
const MOST_FOR_RESULT_MB = 64;
const RESULTS = 3;

/** The scenario: what sessions that are open and do nothing cost, beside those of a bare pipe, and a large result. */
export const proxyMemory: Scenario = {
  name: 'proxy-memory',
  about: 'memory of the proxy: sessions that do nothing, beside a bare pipe, and a result of 1 GB',
  run: memoryOfProxy,
};

async function memoryOfProxy({ sessions, rounds }: BenchOptions): Promise<readonly Result[]> {
  const stage = await startProxyStage([
    `SET GLOBAL max_connections = ${sessions * 2 + 500}`,
    'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))',
    `INSERT INTO customers VALUES ${Array.from({ length: ROWS }, (_, id) => `(${id}, 'someone${id}@example.test')`).join()}`,
  ]);
  try {
    const pairs = await bytesOfSessions(stage, Math.ceil(sessions / STEPS));
    const own = spreadOf(pairs.map(([pipe, proxied]) => proxied - pipe));
    const growth: number[] = [];
    const before = await stage.residentBytes('proxy', 'settled');
    for (let turn = 0; turn < Math.min(rounds, RESULTS); turn += 1) {
      growth.push(
        ((await highestWhile(stage, () => readLarge(wayOf(stage, 'proxy'), stage.schema.name))) - before) / 2 ** 20,
      );
    }
    const figure = { scenario: 'proxy-memory', unit: 'MB', measured: spreadOf(growth) } as const;
    return [
      pairedResult(['proxy-memory', 'idle session'], pairs, { unit: 'kB', by: 'pipe' }),
      {
        ...{ scenario: 'proxy-memory', name: 'idle session, more than the pipe', unit: 'kB', measured: own },
        goal: { of: 'measured', is: 'at most', limit: MOST_OF_ITS_OWN_KB },
      },
      {
        ...{ ...figure, name: 'a result of 1 GB, masked: memory more' },
        goal: { of: 'measured', is: 'at most', limit: MOST_FOR_RESULT_MB },
      },
    ];
  } finally {
    await stage.stop();
  }
}

/** Kilobytes of each session of a step, in the bare pipe, which holds the sockets, and in the proxy. */
async function bytesOfSessions(stage: ProxyStage, ofStep: number): Promise<readonly (readonly [number, number])[]> {
  const open: Connection[] = [];
  const bytesOf = async (name: 'pipe' | 'proxy'): Promise<number> => {
    const before = await stage.residentBytes(name, 'settled');
    open.push(...(await openSessions(wayOf(stage, name), stage.schema.name, ofStep)));
    return ((await stage.residentBytes(name, 'settled')) - before) / ofStep / 1024;
  };
  // What is needed once, for the first of them.
  for (const name of ['pipe', 'proxy'] as const) {
    await closeAll(await openSessions(wayOf(stage, name), stage.schema.name, AT_ONCE));
  }
  const pairs: (readonly [number, number])[] = [];
  for (let step = 0; step < STEPS; step += 1) pairs.push([await bytesOf('pipe'), await bytesOf('proxy')]);
  await closeAll(open);
  return pairs;
}

function wayOf(stage: ProxyStage, name: 'pipe' | 'proxy'): Way {
  const way = stage.ways.find((candidate) => candidate.name === name);
  if (way === undefined) throw new Error(`there is no ${name}`);
  return way;
}

/** The most bytes that the proxy holds while something runs. */
async function highestWhile(stage: ProxyStage, run: () => Promise<void>): Promise<number> {
  let [most, isOver] = [0, false];
  const watch = (async (): Promise<void> => {
    while (!isOver) {
      most = Math.max(most, await stage.residentBytes('proxy', 'now'));
      await setTimeout(50);
    }
  })();
  await run();
  isOver = true;
  await watch;
  return most;
}

async function openSessions({ port, user, password }: Way, database: string, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - connections.length) }, async () => {
      const connection = await createConnection({ host: '127.0.0.1', port, user, password, database });
      await connection.query('SELECT 1');
      return connection;
    });
    connections.push(...(await Promise.all(batch)));
  }
  return connections;
}

async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.end()));
}

async function readLarge({ port, user, password }: Way, database: string): Promise<void> {
  const connection = createCoreConnection({ host: '127.0.0.1', port, user, password, database });
  let rows = 0;
  for await (const row of connection.query(LARGE).stream()) rows += row === undefined ? 0 : 1;
  connection.end();
  if (rows !== ROWS * ROWS) throw new Error(`${rows} rows came of ${ROWS * ROWS}`);
}
