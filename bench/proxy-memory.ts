import { setTimeout } from 'node:timers/promises';
import { createConnection as createCoreConnection } from 'mysql2';
import { createConnection, type Connection } from 'mysql2/promise';
import { type ProxyStage, startProxyStage, type Way } from './proxy-stage.js';

/** What sessions that are open and do nothing cost, and a large result. */
export interface ProxyMemory {
  readonly sessions: number;
  /** Bytes for each of them, in the bare pipe, which holds the sockets, and in the proxy. */
  readonly pipeBytes: number;
  readonly proxyBytes: number;
  readonly result: {
    readonly bytes: number;
    readonly seconds: number;
    /** By how many bytes of resident memory the proxy was larger than before, at most. */
    readonly growth: number;
  };
}

const AT_ONCE = 50;
/** More than 1 GB, of which one column is masked. */
const ROWS = 1_100;
const LARGE = "SELECT a.id, a.email, CONCAT(b.id, REPEAT('x', 950)) AS note FROM customers AS a JOIN customers AS b";

/** Memory of the proxy beside that of a bare pipe. */
export async function memoryOfProxy(sessions: number): Promise<ProxyMemory> {
  const stage = await startProxyStage([
    `SET GLOBAL max_connections = ${sessions * 2 + 500}`,
    'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))',
    `INSERT INTO customers VALUES ${Array.from({ length: ROWS }, (_, id) => `(${id}, 'someone${id}@example.test')`).join()}`,
  ]);
  try {
    const bytesOf = async (name: 'pipe' | 'proxy'): Promise<number> => {
      const way = stage.ways.find((candidate) => candidate.name === name);
      if (way === undefined) throw new Error(`there is no ${name}`);
      // What is needed once, for the first of them.
      await closeAll(await openSessions(way, stage.schema.name, AT_ONCE));
      const before = await stage.residentBytes(name, 'settled');
      const open = await openSessions(way, stage.schema.name, sessions);
      const after = await stage.residentBytes(name, 'settled');
      await closeAll(open);
      return (after - before) / sessions;
    };
    const [pipeBytes, proxyBytes] = [await bytesOf('pipe'), await bytesOf('proxy')];
    const proxy = stage.ways.find(({ name }) => name === 'proxy');
    if (proxy === undefined) throw new Error('there is no proxy');
    const result = await watched(stage, () => readLarge(proxy, stage.schema.name));
    return { sessions, pipeBytes, proxyBytes, result };
  } finally {
    await stage.stop();
  }
}

/** Asks for the proxy's memory while something runs. */
async function watched<T extends object>(stage: ProxyStage, run: () => Promise<T>): Promise<T & { growth: number }> {
  const before = await stage.residentBytes('proxy', 'settled');
  let [most, isOver] = [before, false];
  const watch = (async (): Promise<void> => {
    while (!isOver) {
      most = Math.max(most, await stage.residentBytes('proxy', 'now'));
      await setTimeout(50);
    }
  })();
  const result = await run();
  isOver = true;
  await watch;
  return { ...result, growth: most - before };
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

async function readLarge(
  { port, user, password }: Way,
  database: string,
): Promise<{ readonly bytes: number; readonly seconds: number }> {
  const connection = createCoreConnection({ host: '127.0.0.1', port, user, password, database });
  const start = performance.now();
  let bytes = 0;
  for await (const row of connection.query(LARGE).stream() as AsyncIterable<{ email: string; note: string }>) {
    bytes += row.email.length + row.note.length;
  }
  const seconds = (performance.now() - start) / 1_000;
  connection.end();
  return { bytes, seconds };
}
