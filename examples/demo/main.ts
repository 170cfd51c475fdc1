/**
 * `npm run demo`: an OIDC issuer, a collector in a process of its own, a private database, and agents whose pool is wrapped. Ends by
 * itself, and leaves nothing behind.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type AuditRecord,
  createGovernor,
  type Governor,
  httpTransport,
  maskColumn,
  withIdentity,
  withTask,
} from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { startDatabase } from '../../test/database/index.js';
import { createSchema } from '../../test/database/schema.js';
import { type Agents, startAgents } from '../../test/governed/agents.js';
import { type CollectorProcess, startCollectorProcess, tail } from './collector-process.js';
import { signIn } from './sign-in.js';
import { heading, paint, say, step } from './screen.js';
import { shopSchema, type Task, tasks } from './tasks.js';
import { callTool } from './tools.js';

const TOKEN = 'demo-collector-token';
/** The demo says itself when the collector is away; a program would leave this out, and read it on stderr. */
const quiet = { info: (): void => undefined, warn: (): void => undefined, error: (): void => undefined };
const cleanUps: (() => Promise<unknown>)[] = [];

async function runTask(pool: Pool, agents: Agents, task: Task): Promise<void> {
  const identity = await signIn(agents.credentials(task.agent));
  heading(`${task.agent} · ${task.id} · ${task.goal}`);
  await withIdentity(identity, () =>
    withTask(task.id, async () => {
      for (const call of task.calls) {
        const parameters =
          call.parameters === undefined ? '' : paint('gray', `  -- ${JSON.stringify(call.parameters)}`);
        say(`${paint('cyan', ` ${call.tool}>`)} ${call.sql}${parameters}`);
        const { text, isError } = await callTool(pool, call);
        for (const line of text.split('\n')) say(`   ${paint(isError ? 'red' : 'green', line)}`);
      }
    }),
  );
}

async function untilDelivered(governor: Governor): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const { openIntents, transports } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
    await setTimeout(50);
  }
  throw new Error('the collector did not get every record within 30 seconds');
}

async function main(): Promise<void> {
  heading('Setting up');
  const directory = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  cleanUps.push(() => rm(directory, { recursive: true, force: true }));
  const database = await startDatabase({ onProgress: step });
  cleanUps.push(() => database.stop());
  step(`database: ${database.flavour} ${database.version} on port ${database.port}`);
  const schema = await createSchema(database, shopSchema, 'shop');
  cleanUps.push(() => schema.drop());
  const agents = await startAgents();
  cleanUps.push(() => agents.stop());
  step(`OIDC issuer: ${agents.issuer}`);
  let collector: CollectorProcess = await startCollectorProcess(join(directory, 'collector'), TOKEN, 0);
  cleanUps.push(() => collector.kill());
  step(`collector: ${collector.url}, a process of its own`);

  const governor = await createGovernor({
    masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
    audit: {
      directory: join(directory, 'journal'),
      transports: [httpTransport({ url: `${collector.url}/v1/records`, token: TOKEN })],
      logger: quiet,
    },
  });
  cleanUps.push(() => governor.close());
  const pool = govern(createPool(schema.connection as PoolOptions), governor);
  cleanUps.push(() => pool.end());

  const [first, second, third] = tasks;
  if (first === undefined || second === undefined || third === undefined) throw new Error('the demo has three tasks');
  await runTask(pool, agents, first);
  await runTask(pool, agents, second);
  await untilDelivered(governor);

  heading('kill -9 of the collector');
  const { port } = new URL(collector.url);
  await collector.kill();
  await runTask(pool, agents, third);
  await setTimeout(300);
  const waiting = governor.trail.stats().transports.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  say();
  say(paint('yellow', `   ${waiting} bytes of records wait in the journal; the agent noticed nothing.`));
  collector = await startCollectorProcess(join(directory, 'collector'), TOKEN, Number(port));
  await untilDelivered(governor);
  say(paint('yellow', '   The collector is back, and has every record.'));

  heading('What the collector knows');
  step(`countersign tail --url ${collector.url}`);
  say();
  process.stdout.write(await tail(collector.url, TOKEN));
  const lines = (await tail(collector.url, TOKEN, '--json')).trim().split('\n');
  const statements = lines
    .map((line) => JSON.parse(line) as AuditRecord)
    .filter((record) => record.type === 'statement' && record.statement.command !== 'COM_STMT_PREPARE');
  const calls = tasks.reduce((sum, task) => sum + task.calls.length, 0);
  say();
  say(paint('bold', `   ${calls} tool calls, ${statements.length} attributed records, none missing.`));
  if (statements.length !== calls) throw new Error(`${calls} calls gave ${statements.length} records`);
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  say(paint('red', error instanceof Error ? (error.stack ?? error.message) : String(error)));
} finally {
  for (const cleanUp of cleanUps.reverse()) {
    await cleanUp().catch((error: unknown) => {
      process.exitCode = 1;
      say(paint('red', `clean-up failed: ${String(error)}`));
    });
  }
}
