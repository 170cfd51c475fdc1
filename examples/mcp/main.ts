/**
 * `npm run demo:mcp`: a MySQL MCP server on Countersign, and a client of the SDK that calls its tools as a model would, with a person to ask. Ends by itself, and
 * leaves nothing behind.
 *
 * @module
 */
import { createGovernor, createTokenVerifier, defaultPolicy, defineRule, maskColumn } from 'countersign';
import { elicitApproval } from 'countersign/mcp';
import { govern } from 'countersign/mysql2';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { createPool, type PoolOptions } from 'mysql2/promise';
import { showTail } from '../stage/collector-process.js';
import { play, whenOver } from '../stage/play.js';
import { heading, paint, say, showResult, step } from '../stage/screen.js';
import { getToken } from '../stage/sign-in.js';
import { auditOf, setUp, untilDelivered } from '../stage/stage.js';
import { serve } from './serve.js';

async function main(): Promise<void> {
  const { directory, schema, agents, collector } = await setUp();
  const { rules } = defaultPolicy();
  const ask = defineRule({ name: 'ask-a-person', effect: 'approve', match: { operations: ['UPDATE'] } });
  const isGrant = ({ effect }: (typeof rules)[number]): boolean => effect === 'allow';
  const governor = await createGovernor({
    policy: { name: 'mcp', rules: [...rules.filter((rule) => !isGrant(rule)), ask, ...rules.filter(isGrant)] },
    masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
    approver: elicitApproval(),
    audit: auditOf({ directory, collector }),
  });
  whenOver(() => governor.close());
  const pool = govern(createPool(schema.connection as PoolOptions), governor);
  whenOver(() => pool.end());
  const credentials = agents.credentials('support-agent');
  const { issuer, audience } = credentials;
  const server = await serve({ pool, verifier: createTokenVerifier({ issuer, audience }) });
  whenOver(() => server.close());
  step(`MCP server: ${server.url.href}`);

  heading('A model calls tools, for support-agent');
  const client = new Client({ name: 'demo-coder', version: '1.0' }, { capabilities: { elicitation: {} } });
  let asked = 0;
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked += 1;
    for (const line of params.message.split('\n')) say(`   ${paint('yellow', line)}`);
    say(`   ${paint('yellow', 'The person in front of the client says yes.')}`);
    return { action: 'accept', content: { approve: true } };
  });
  const headers = { authorization: `Bearer ${await getToken(credentials)}` };
  const transport = new StreamableHTTPClientTransport(server.url, { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  whenOver(() => client.close());
  const call = async (name: string, args: Record<string, unknown>): Promise<string> => {
    say();
    say(`${paint('cyan', ` ${name}>`)} ${JSON.stringify(args)}`);
    const meta = { 'countersign/task': 'SUP-1042', 'countersign/model': 'demo-model' };
    const { content, isError } = await client.callTool({ name, arguments: args, _meta: meta });
    const [{ text } = { text: '' }] = content as { text: string }[];
    showResult(text, isError === true);
    return text;
  };
  await call('describe', { table: 'orders' });
  const seen = await call('query', {
    sql: 'SELECT id, name, email FROM customers WHERE city = ?',
    parameters: ['Bern'],
  });
  const refused = await call('query', { sql: 'DELETE FROM orders' });
  await call('query', { sql: 'UPDATE orders SET status = ? WHERE id = ?', parameters: ['closed', 11] });

  await untilDelivered(governor);
  await showTail(collector);
  if (seen.includes('alice.adams@') || !refused.startsWith('Refused (rule no-unbounded-writes)') || asked !== 1) {
    throw new Error('the demo did not show what it should have');
  }
}

await play(main);
