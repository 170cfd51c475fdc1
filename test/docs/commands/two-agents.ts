/** What docs/replay.md tells of: two agents whose statements ran on one connection. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createGovernor, httpTransport, withIdentity, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool } from 'mysql2/promise';
import { callTool, type ToolCall } from '../../../examples/demo/tools.js';
import { signIn } from '../../../examples/stage/sign-in.js';
import { createSchema, type TestSchema } from '../../database/schema.js';
import { type CommandStage, credentialsOfAny } from './stage.js';

const ORDERS = 'CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, status VARCHAR(16))';
/** Of which a film shows that it was there. */
const PAUSE_MS = 1_100;

/** What was played. */
export interface TwoAgents {
  readonly session: string;
  /** The schema that they worked in. */
  readonly schema: TestSchema;
}

/** A copy of the schema as it was before, in which somebody has taken an order away since. */
export function copyOfSchema({ database }: CommandStage): Promise<TestSchema> {
  return createSchema(database, [ORDERS, "INSERT INTO orders VALUES (11, 4711, 'open')"], 'shop');
}

/** Plays both tasks. When it is over, the collector has the records. */
export async function playTwoAgents(stage: CommandStage): Promise<TwoAgents> {
  const { database, shop } = stage;
  const rows = "INSERT INTO orders VALUES (10, 4711, 'open'), (11, 4711, 'open')";
  const schema = await createSchema(database, [ORDERS, rows], 'shop');
  const transport = httpTransport({ url: `${shop.collectorUrl}/v1/records`, token: shop.collectorToken });
  const audit = { directory: join(shop.directory, 'two-agents'), transports: [transport] };
  const governor = await createGovernor({ audit });
  const pool = govern(createPool({ ...schema.connection, connectionLimit: 1 }), governor);
  const run = async (name: string, task: string, calls: readonly ToolCall[]): Promise<void> => {
    const identity = await signIn(credentialsOfAny(shop, name));
    await withIdentity(identity, () => withTask(task, () => runCalls(pool, calls)));
  };
  await run('agent-support-agent', 'SUP-1042', [
    { tool: 'query', sql: 'SELECT id, status FROM orders WHERE customer_id = 4711' },
    { tool: 'query', sql: 'DELETE FROM orders' },
  ]);
  await run('agent-billing-agent', 'BIL-7', [
    { tool: 'execute', sql: 'UPDATE orders SET status = ? WHERE id = ?', parameters: ['closed', 11] },
    { tool: 'query', sql: "SELECT COUNT(*) FROM orders WHERE status = 'closed'" },
    { tool: 'query', sql: "SELECT id FROM orders WHERE status = 'open' ORDER BY id" },
  ]);
  await pool.end();
  await governor.close();
  return { schema, session: await newestSession(stage, 'agent-billing-agent') };
}

async function runCalls(pool: Pool, calls: readonly ToolCall[]): Promise<void> {
  for (const call of calls) {
    if (call.sql.startsWith('DELETE') || call.sql.startsWith('UPDATE')) await setTimeout(PAUSE_MS);
    await callTool(pool, call);
  }
}

/** The id of the last session of an agent. */
export async function newestSession({ shop }: CommandStage, agent: string): Promise<string> {
  const { collectorUrl, collectorToken } = shop;
  const answer = await fetch(`${collectorUrl}/v1/sessions?order=desc&limit=1&agent=${agent}`, {
    headers: { authorization: `Bearer ${collectorToken}` },
  });
  const { sessions } = (await answer.json()) as { readonly sessions: readonly { readonly id: string }[] };
  return sessions[0]?.id ?? '';
}
