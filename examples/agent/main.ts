/**
 * An agent on mysql2: a loop of tool calls, without a model, whose pool is governed. It is refused once, and does better.
 *
 * @module
 */
import { showTail } from '../stage/collector-process.js';
import { play, whenOver } from '../stage/play.js';
import { heading, paint, say } from '../stage/screen.js';
import { auditOf, setUp, untilDelivered } from '../stage/stage.js';
import { openDatabase } from './open-database.js';
import type { ToolResult } from './query-tool.js';
import { runTask } from './run-task.js';
import { plan, type Step } from './scripted-planner.js';

const TASK = 'OPS-77';

function textOf(result: ToolResult): string {
  switch (result.kind) {
    case 'rows':
      return result.rows.map((row) => JSON.stringify(row)).join('\n   ');
    case 'changed':
      return `${result.rows} row changed`;
    case 'refused':
      return `refused by ${result.rule}: ${result.reason} (record ${result.recordId})`;
    case 'failed':
      return result.reason;
  }
}

function show({ call, result }: Step): void {
  say(` ${paint('cyan', 'query>')} ${call.sql}  -- ${JSON.stringify(call.parameters)}`);
  say(`   ${paint(result.kind === 'refused' ? 'red' : 'green', textOf(result))}`);
}

async function main(): Promise<void> {
  const stage = await setUp();
  const { pool, governor, close } = await openDatabase({
    credentials: stage.agents.credentials('billing-agent'),
    connection: stage.schema.connection,
    audit: auditOf(stage),
  });
  whenOver(close);

  heading(`billing-agent · ${TASK} · Close the small order that is open`);
  say(`   ${await runTask(TASK, { pool, plan, onStep: show })}`);

  await untilDelivered(governor);
  const records = await showTail(stage.collector, '--task', TASK);
  const ends = records.filter(({ call }) => call?.model === 'scripted-planner').map(({ outcome }) => outcome.status);
  if (ends.filter((status) => status === 'denied').length !== 1) throw new Error(`the statements ended ${ends.join()}`);
}

await play(main);
