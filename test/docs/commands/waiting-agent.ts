/** What docs/approvals.md tells of: statements that wait until somebody has decided. */
import { withIdentity, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool } from 'mysql2/promise';
import { pendingApprovals } from '../../../examples/cookbook/approve-next.js';
import { governShop } from '../../../examples/cookbook/play-day.js';
import { callTool, type ToolResult } from '../../../examples/demo/tools.js';
import { signIn } from '../../../examples/stage/sign-in.js';
import { type CommandStage, credentialsOfAny } from './stage.js';

/** Two statements that wait. */
export interface WaitingAgent {
  /** What is asked of carol. */
  readonly approvals: readonly string[];
  /** What became of them, when both are decided. */
  end(): Promise<readonly ToolResult[]>;
}

/** Has the cleanup agent send two statements that want an approval. */
export async function startWaitingAgent(stage: CommandStage): Promise<WaitingAgent> {
  const { shop, tokenOf } = stage;
  const governor = await governShop(shop);
  const pool = govern(createPool({ ...shop.schema.connection, connectionLimit: 2 }), governor);
  const identity = await signIn(credentialsOfAny(shop, 'cleanup-agent'));
  const run = (id: number): Promise<ToolResult> =>
    withIdentity(identity, () =>
      withTask('OPS-78', () => callTool(pool, { tool: 'query', sql: `DELETE FROM orders WHERE id = ${id}` })),
    );
  const results = Promise.all([run(10), run(11)]);
  const carol = { name: 'carol', token: await tokenOf('carol') };
  return {
    approvals: await pendingApprovals(shop.collectorUrl, carol, 2),
    async end(): Promise<readonly ToolResult[]> {
      const ended = await results;
      await pool.end();
      await governor.close();
      return ended;
    },
  };
}
