/**
 * An API on Express with one pool for all agents: each request runs as the agent whose bearer token it brings, two of them at once.
 *
 * @module
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createGovernor, createTokenVerifier, maskColumn } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool } from 'mysql2/promise';
import { showTail } from '../stage/collector-process.js';
import { play, whenOver } from '../stage/play.js';
import { heading, paint, say, step } from '../stage/screen.js';
import { getToken } from '../stage/sign-in.js';
import { auditOf, type Stage, setUp, untilDelivered } from '../stage/stage.js';
import { type AppOptions, createApp } from './create-app.js';

/** Serves the API on a free port. @returns its URL */
async function serve(options: AppOptions): Promise<string> {
  const server = createApp(options).listen(0, '127.0.0.1');
  whenOver(async () => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Caller = (request: string) => Promise<string>;

/** What sends requests as one agent. @returns what was sent, and what came back */
async function callerOf(url: string, { agents }: Stage, agent?: string): Promise<Caller> {
  const token = agent === undefined ? undefined : await getToken(agents.credentials(agent));
  const task = agent === 'support-agent' ? 'SUP-1042' : 'OPS-77';
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}`, 'x-task': task };
  return async (request) => {
    const [method = '', path = ''] = request.split(' ');
    const response = await fetch(url + path, { method, headers });
    const answer = paint(response.ok ? 'green' : 'red', `${response.status} ${await response.text()}`);
    return ` ${paint('cyan', `${agent ?? 'nobody'}>`)} ${request}\n   ${answer}`;
  };
}

async function main(): Promise<void> {
  const stage = await setUp();
  const governor = await createGovernor({ masks: [maskColumn('*.customers.email', 'email')], audit: auditOf(stage) });
  whenOver(() => governor.close());
  // One connection, which all requests wait for: the identity is that of the request.
  const pool = govern(createPool({ ...stage.schema.connection, connectionLimit: 1 }), governor);
  whenOver(() => pool.end());
  const { issuer, audience } = stage.agents.credentials('support-agent');
  const url = await serve({ pool, verifier: createTokenVerifier({ issuer, audience }) });
  step(`API: ${url}`);

  heading('Two agents at once');
  const support = await callerOf(url, stage, 'support-agent');
  const billing = await callerOf(url, stage, 'billing-agent');
  const answers = await Promise.all([
    support('GET /customers?city=Bern'),
    billing('POST /orders/11/close'),
    support('GET /customers?city=Oslo'),
    billing('DELETE /orders/10'),
  ]);
  for (const answer of answers) say(answer);
  heading('Somebody without a token');
  const nobody = await callerOf(url, stage);
  const refused = await nobody('GET /customers?city=Bern');
  say(refused);

  await untilDelivered(governor);
  const records = await showTail(stage.collector);
  const wrong = records.filter(({ agent, task }) => (agent?.name === 'support-agent') !== (task?.id === 'SUP-1042'));
  if (records.length !== 4 || wrong.length > 0 || !refused.includes('401')) {
    throw new Error(`${records.length} records, ${wrong.length} wrong; without a token: ${refused}`);
  }
}

await play(main);
