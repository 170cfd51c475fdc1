/**
 * `npm run demo`: an OIDC issuer, a collector in a process of its own, a private database, and agents whose pool is wrapped. Ends by
 * itself, and leaves nothing behind.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { createGovernor, maskColumn, withIdentity, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import type { Agents } from '../../test/governed/agents.js';
import { COLLECTOR_TOKEN, showTail } from '../stage/collector-process.js';
import { offerToStay, play, whenOver } from '../stage/play.js';
import { heading, paint, say, showResult } from '../stage/screen.js';
import { signIn } from '../stage/sign-in.js';
import { auditOf, setUp, untilDelivered } from '../stage/stage.js';
import { type Task, tasks } from './tasks.js';
import { callTool } from './tools.js';

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
        showResult(text, isError);
      }
    }),
  );
}

async function main(): Promise<void> {
  const { directory, schema, agents, collector } = await setUp();
  const governor = await createGovernor({
    masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
    audit: auditOf({ directory, collector }),
  });
  whenOver(() => governor.close());
  const pool = govern(createPool(schema.connection as PoolOptions), governor);
  whenOver(() => pool.end());

  const [first, second, third] = tasks;
  if (first === undefined || second === undefined || third === undefined) throw new Error('the demo has three tasks');
  await runTask(pool, agents, first);
  await runTask(pool, agents, second);
  await untilDelivered(governor);

  heading('kill -9 of the collector');
  await collector.kill();
  await runTask(pool, agents, third);
  await setTimeout(300);
  const waiting = governor.trail.stats().transports.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  say();
  say(paint('yellow', `   ${waiting} bytes of records wait in the journal; the agent noticed nothing.`));
  await collector.start();
  await untilDelivered(governor);
  say(paint('yellow', '   The collector is back, and has every record.'));

  const records = await showTail(collector);
  const statements = records.filter(({ statement }) => statement.command !== 'COM_STMT_PREPARE');
  const calls = tasks.reduce((sum, task) => sum + task.calls.length, 0);
  say();
  say(paint('bold', `   ${calls} tool calls, ${statements.length} attributed records, none missing.`));
  if (statements.length !== calls) throw new Error(`${calls} calls gave ${statements.length} records`);
  await offerToStay({
    command: 'npm run demo -- --keep',
    keeps: 'to look at all this in its console',
    title: 'The console',
    steps: [`open ${collector.url}/ and give it the token ${COLLECTOR_TOKEN}; Ctrl-C ends the demo`],
  });
}

await play(main);
