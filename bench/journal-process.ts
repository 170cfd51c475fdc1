/**
 * The process of the journal's bench: statements go through an audit trail as fast as it takes them, as a session would have them go, and are
 * delivered to a receiver in another process.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type * as audit from '../src/audit/index.js';
import type * as transports from '../src/transports/index.js';
import type { JournalOrder, JournalRound } from './journal.js';

const built = (path: string): string => new URL(`../dist/src/${path}/index.js`, import.meta.url).href;
const { createAuditTrail, encodeDb, encodeSession, encodeTask, encodeVerdict, joinFragments } = (await import(
  built('audit')
)) as typeof audit;
const { httpTransport } = (await import(built('transports'))) as typeof transports;

const order = JSON.parse(process.argv[2] ?? '{}') as JournalOrder;
/** What may wait for delivery before the next statements are begun. */
const MAX_PENDING_BYTES = 256 * 1024 * 1024;
const CLOCK_TICK_MICROS = 10_000;

const text = Buffer.from('SELECT id, label, price FROM items WHERE id = 4711');
const head = joinFragments(
  '"agent":{"subject":"agent-anna","issuer":"https://idp.example","name":"anna","groups":["agents"],"verified":true}',
  encodeTask({ id: 'bench', source: 'asserted' }),
  encodeSession({ id: '019a0000-0000-7000-8000-000000000001', mode: 'embedded', driver: 'mysql2', thread_id: 42 }),
);
const db = { system: 'mariadb', server: '127.0.0.1:3306', namespace: 'shop', user: 'svc_agents' } as const;
const shape =
  '"digest":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA","fingerprint":"select id, label, price from items where id = ?","operation":"SELECT","summary":"SELECT items","tables":[{"schema":"shop","table":"items","access":"read"}]';
const intent: audit.StatementIntent = {
  timeMicros: 0,
  head: Buffer.from(head),
  tail: Buffer.from(encodeDb(db)),
  sessionStatementNo: 0,
  command: 'COM_QUERY',
  text,
  textStart: 0,
  textEnd: text.length,
  truncated: false,
  redacted: false,
  parameters: undefined,
  shape: Buffer.from(shape),
  verdict: Buffer.from(encodeVerdict({ effect: 'allow', rule: 'reads' })),
};
const OUTCOME: audit.StatementOutcome = { status: 'ok', rows: 1, bytes: 40, durationMicros: 300 };

const trail = await createAuditTrail({
  directory: order.directory,
  transports: [httpTransport({ url: order.receiver })],
  maxBytes: 2 * MAX_PENDING_BYTES,
});
await run(50_000);
const rssBefore = process.memoryUsage.rss();
const cpuBefore = callerMicros();
const start = performance.now();
const { appendSeconds, mostRss } = await run(order.statements);
const seconds = (performance.now() - start) / 1_000;
const spent = callerMicros() - cpuBefore;
const round: JournalRound = {
  callerMicros: (spent - (await emptyTurnsMicros())) / order.statements,
  appendedPerSecond: order.statements / appendSeconds,
  deliveredPerSecond: order.statements / seconds,
  growth: mostRss - rssBefore,
};
await trail.close();
process.send?.(round);
process.disconnect();

/** CPU of the thread that runs the callers, which `process.cpuUsage` has together with the others'. */
function callerMicros(): number {
  const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) * CLOCK_TICK_MICROS;
}

/** What as many turns of the event loop cost by themselves: a caller has them anyway. */
async function emptyTurnsMicros(): Promise<number> {
  const before = callerMicros();
  for (let done = 0; done < order.statements; done += order.inFlight) await nextTurn();
  return callerMicros() - before;
}

/** Begins and ends statements, some at a time, and waits until they are delivered. */
async function run(statements: number): Promise<{ appendSeconds: number; mostRss: number }> {
  const start = performance.now();
  let waited = 0;
  let mostRss = 0;
  for (let done = 0; done < statements; done += order.inFlight) {
    await turn();
    if (done % (order.inFlight * 1_000) !== 0) continue;
    mostRss = Math.max(mostRss, process.memoryUsage.rss());
    const from = performance.now();
    while (pendingBytes() > MAX_PENDING_BYTES) await delay(10);
    waited += performance.now() - from;
  }
  const appendSeconds = (performance.now() - start - waited) / 1_000;
  while (pendingBytes() > 0) await delay(2);
  return { appendSeconds, mostRss };
}

function pendingBytes(): number {
  return Math.max(...trail.stats().transports.map((transport) => transport.pendingBytes));
}

/** The statements of one turn of the event loop: each goes out when its intent is written, and has ended in the next. */
async function turn(): Promise<void> {
  const tickets: number[] = [];
  for (let index = 0; index < order.inFlight; index += 1) {
    intent.timeMicros = Date.now() * 1_000;
    intent.sessionStatementNo += 1;
    tickets.push(trail.intent(intent));
    trail.onceWritten({ written: onWritten });
  }
  await nextTurn();
  for (const ticket of tickets) trail.outcome(ticket, OUTCOME);
}

function onWritten(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
