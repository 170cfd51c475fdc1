import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import {
  type AuditRecord,
  clientCredentials,
  createGovernor,
  createTokenVerifier,
  defaultPolicy,
  defineRule,
  functionTransport,
  type Governor,
  maskColumn,
  type StatementRecord,
} from 'countersign';
import { elicitApproval } from 'countersign/mcp';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { type ListeningServer, serve } from '../../examples/mcp/serve.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from '../governed/agents.js';

// As the example does, from the package as it is built: what is attached to a call belongs to one copy of it.
let governor: Governor;
let pool: Pool;
let schema: TestSchema;
let agents: Agents;
let server: ListeningServer;
let directory: string;
const delivered: StatementRecord[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  schema = await createSchema(inject('database'), [
    'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(80))',
    "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.test'), (2, 'Bob', 'bob@example.test')",
  ]);
  agents = await startAgents();
  directory = await mkdtemp(join(tmpdir(), 'countersign-mcp-'));
  const ask = defineRule({ name: 'ask-a-person', effect: 'approve', match: { operations: ['DELETE'] } });
  const { rules } = defaultPolicy();
  governor = await createGovernor({
    policy: {
      name: 'asking',
      rules: [
        ...rules.filter(({ effect }) => effect !== 'allow'),
        ask,
        ...rules.filter(({ effect }) => effect === 'allow'),
      ],
    },
    masks: [maskColumn(`${schema.name}.customers.email`, 'redact')],
    approver: elicitApproval(),
    audit: {
      directory,
      batchAgeMs: 5,
      transports: [
        functionTransport(({ records: lines }) => {
          for (const line of lines) {
            const parsed = JSON.parse(line.toString('utf8')) as AuditRecord;
            if (parsed.type === 'statement') delivered.push(parsed);
          }
          return undefined;
        }),
      ],
    },
  });
  pool = govern(createPool({ ...schema.connection, connectionLimit: 2 } as PoolOptions), governor);
  const { issuer, audience } = agents.credentials('anna');
  server = await serve({ pool, verifier: createTokenVerifier({ issuer, audience }) });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await governor.close();
  await agents.stop();
  await schema.drop();
  await rm(directory, { recursive: true, force: true });
});

async function records(): Promise<readonly StatementRecord[]> {
  for (;;) {
    const { openIntents, transports } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return delivered;
    await setTimeout(5);
  }
}

async function connect(
  agent: string,
  answer?: { readonly approve: boolean; readonly reason?: string },
): Promise<Client> {
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials(agent);
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const capabilities = answer === undefined ? {} : { elicitation: {} };
  const client = new Client({ name: 'coder', version: '2.1' }, { capabilities });
  if (answer !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { ...answer } };
    });
  }
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(server.url, { requestInit: { headers } }) as Parameters<Client['connect']>[0],
  );
  clients.push(client);
  return client;
}

const asked: string[] = [];

async function call(
  client: Client,
  name: string,
  args: object,
  meta: object = {},
): Promise<{ text: string; isError: boolean }> {
  const result = await client.callTool({ name, arguments: { ...args }, _meta: { ...meta } });
  const [first] = result.content as { text: string }[];
  return { text: first?.text ?? '', isError: result.isError === true };
}

it('runs each tool as the agent whose token was brought, with model, client and call on the record', async () => {
  const [anna, bert] = [await connect('anna'), await connect('bert')];
  const meta = {
    'countersign/task': 'SUP-7',
    'countersign/model': 'opus-5',
    'countersign/tool-call-id': 'toolu_01',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  };
  const sql = 'SELECT name, email FROM customers WHERE id = ?';
  const { text } = await call(anna, 'query', { sql, parameters: [1] }, meta);
  expect(JSON.parse(text)).toEqual([{ name: 'Ada', email: '[masked]' }]);
  await call(bert, 'query', { sql: "SELECT 'bert was here'" });
  const described = await call(anna, 'describe', { table: 'customers' });
  expect(described.text).toContain('"email"');
  expect(await call(anna, 'explain', { sql: 'SELECT name FROM customers WHERE id = 1' })).toMatchObject({
    isError: false,
  });
  const all = await records();
  expect(all.find(({ task }) => task?.id === 'SUP-7')).toMatchObject({
    agent: { subject: 'agent-anna', verified: true },
    task: { source: 'asserted' },
    call: { id: 'toolu_01', tool: 'query', client: 'coder/2.1', model: 'opus-5' },
    trace: { span_id: '00f067aa0ba902b7' },
  });
  const ofBert = all.find(({ statement }) => statement.text.includes('bert was here'));
  expect(ofBert).toMatchObject({ agent: { subject: 'agent-bert' }, call: { tool: 'query', client: 'coder/2.1' } });
  expect(ofBert?.call?.id).toMatch(/^[0-9a-f-]{36}\/\d+$/);
});

it('tells the model what to do in the place of what is refused', async () => {
  const client = await connect('anna');
  const refused = await call(client, 'query', { sql: 'UPDATE customers SET name = NULL' });
  expect(refused.isError).toBe(true);
  expect(refused.text).toMatch(
    /^Refused \(rule no-unbounded-writes\): .*Do not send it again as it is.* The audit record is [0-9a-f-]{36}\.$/,
  );
  const masked = await call(client, 'query', { sql: 'CREATE TABLE copy AS SELECT email FROM customers' });
  expect(masked).toMatchObject({ isError: true, text: expect.stringContaining('Refused') as string });
  const wrong = await call(client, 'query', { sql: 'SELECT nothing FROM customers' });
  expect(wrong).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^The database answered with an error: /) as string,
  });
});

it('asks the person in front of the client, and does as is said', async () => {
  const sql = 'DELETE FROM customers WHERE id = ?';
  const no = await call(await connect('anna', { approve: false, reason: 'she is a customer' }), 'query', {
    sql,
    parameters: [2],
  });
  expect(no).toMatchObject({ isError: true, text: expect.stringContaining('she is a customer') as string });
  const yes = await call(await connect('anna', { approve: true }), 'query', { sql, parameters: [2] });
  expect(yes.isError).toBe(false);
  expect(asked).toHaveLength(2);
  expect(asked[0]).toContain('DELETE FROM customers WHERE id = 2');
  const deletes = (await records()).filter(({ statement }) => statement.operation === 'DELETE');
  expect(deletes).toMatchObject([
    { verdict: { approval: { decision: 'rejected', by: 'the user of coder/2.1' } }, outcome: { status: 'denied' } },
    { verdict: { approval: { decision: 'approved' } }, outcome: { status: 'ok', affected: 1 } },
  ]);
});

it('asks who made the call, and not who names the same call', async () => {
  const meta = { 'countersign/tool-call-id': 'toolu_77' };
  const before = asked.length;
  const [anna, eve] = await Promise.all([connect('anna', { approve: false }), connect('cora', { approve: true })]);
  const ask = (client: Client, id: number): Promise<{ isError: boolean }> =>
    call(
      client,
      'query',
      { sql: 'DELETE FROM customers WHERE id = ? /*\n\nIt needs your approval: routine */', parameters: [id] },
      meta,
    );
  const answers = await Promise.all([ask(anna, 90), ask(eve, 91), ask(anna, 92), ask(eve, 93)]);
  expect(answers.map(({ isError }) => isError)).toEqual([true, false, true, false]);
  const questions = asked.slice(before);
  expect(
    questions.filter((message) => message.startsWith('agent-anna ')).every((message) => /id = 9[02]/.test(message)),
  ).toBe(true);
  // What is asked begins its own lines; what is to run has one.
  for (const message of questions) expect(message.match(/^It needs your approval: /gm)).toHaveLength(1);
});

it('denies where nobody can be asked', async () => {
  const answer = await call(await connect('anna'), 'query', { sql: 'DELETE FROM customers WHERE id = 1' });
  expect(answer).toMatchObject({
    isError: true,
    text: expect.stringContaining('a person said no, or nobody answered') as string,
  });
});

it('lets nobody in without a token', async () => {
  const client = new Client({ name: 'coder', version: '2.1' });
  const transport = new StreamableHTTPClientTransport(server.url) as Parameters<Client['connect']>[0];
  await expect(client.connect(transport)).rejects.toMatchObject({ code: 401 });
});
