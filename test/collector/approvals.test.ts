import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import type { ApprovalMessage } from '../../src/approval/approval-message.js';
import { collectorApprover } from '../../src/approval/index.js';
import { createCollector, type Collector, type CollectorOptions } from '../../src/collector/index.js';
import { boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import { createApprovalSigner } from '../../src/identity/approval-signer.js';
import { clientCredentials, createTokenVerifier, type TokenVerifier } from '../../src/identity/index.js';
import { withTask } from '../../src/session/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';
import { runCommand } from '../cli/run-command.js';
import { type Governed, type GovernedOptions, startGoverned } from '../governed/index.js';
import { startIssuer } from '../issuer/index.js';
import { newKey, startForger } from './forger.js';
import { startProxied } from '../proxy/index.js';

const database = inject('database');
const WRITER = 'a-token-that-only-may-write';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const DELETE = 'DELETE FROM orders WHERE id = ?';
const TABLE = ['CREATE TABLE orders (id INT PRIMARY KEY)', 'INSERT INTO orders VALUES (1), (2), (3), (4)'];

interface View {
  readonly request: ApprovalMessage;
  readonly status: string;
  readonly votes: readonly { readonly by: string; readonly channel: string; readonly reason: string | null }[];
}

let issuer: Awaited<ReturnType<typeof startIssuer>>;
let verifier: TokenVerifier;
const PEOPLE = {
  mallory: ['dba'],
  Carol: ['dba'],
  carol: ['dba'],
  dan: ['dba'],
  erin: ['support'],
  'agent-anna': ['dba'],
};
beforeAll(async () => {
  const clients = Object.entries(PEOPLE).map(([clientId, groups]) => ({
    ...{ clientId, clientSecret: `secret of ${clientId}` },
    claims: { groups: ['approvers', ...groups], ...(clientId === 'mallory' && { act: { sub: 'a-bot' } }) },
  }));
  issuer = await startIssuer(clients);
  verifier = createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, algorithms: ['ES256'] });
});
afterAll(() => issuer.stop());

function tokenOf(clientId: keyof typeof PEOPLE): Promise<string> {
  const { tokenEndpoint, audience } = issuer;
  const clientSecret = `secret of ${clientId}`;
  return clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
}

function policy(): Policy {
  const { rules } = boundedPolicy();
  const match = { operations: ['DELETE'] } as const;
  const ask = defineRule({ name: 'ask-for-deletes', effect: 'approve', reason: 'Deletes are looked at.', match });
  return { name: 'test', rules: [ask, ...rules] };
}

async function startCollector(
  approvals: CollectorOptions['approvals'] = {},
  more: Partial<CollectorOptions> = {},
): Promise<Collector> {
  const collector = await createCollector({
    directory: temporaryDirectory(),
    ...{ writerTokens: [WRITER], oidc: { verifier, roles: { approver: ['approvers'] } }, approvals },
    ...more,
  });
  afterThisTest(() => collector.close());
  return collector;
}

async function startAgent(url: string, options: GovernedOptions = {}): Promise<Governed> {
  const approver = collectorApprover({ url, token: WRITER });
  const governed = await startGoverned(database, { statements: TABLE, policy: policy(), approver, ...options });
  afterThisTest(() => governed.close());
  return governed;
}

async function ask(
  url: string,
  path: string,
  { token, body }: { token?: string; body?: object } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url + path, { ...init, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function pending(url: string): Promise<View> {
  const token = await tokenOf('erin');
  for (;;) {
    const { body } = await ask(url, '/v1/approvals?status=pending', { token });
    const [first] = body.approvals as View[];
    if (first !== undefined) return first;
    await delay(20);
  }
}

async function decide(
  url: string,
  who: keyof typeof PEOPLE,
  body: object,
  id?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const path = `/v1/approvals/${id ?? (await pending(url)).request.id}/decisions`;
  return ask(url, path, { token: await tokenOf(who), body });
}

const approve = (url: string, who: keyof typeof PEOPLE, id?: string): ReturnType<typeof decide> =>
  decide(url, who, { decision: 'approved' }, id);

async function left(governed: Governed): Promise<number> {
  const [rows] = await governed.stockPool().promise().query('SELECT id FROM orders');
  return (rows as unknown[]).length;
}

const remove = (governed: Governed, id: number): Promise<unknown> =>
  withTask('T-7', () => governed.pool().promise().execute(DELETE, [id]));

/** How a promise that is expected to fail did. */
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it went through'),
    (error: unknown) => error as Error,
  );

describe('a statement that waits at a collector', () => {
  it('shows what it is, and runs when somebody approves it; its record says who', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    const { request } = await pending(url);
    expect(request).toMatchObject({
      ...{ rule: 'ask-for-deletes', reason: 'Deletes are looked at.', in_transaction: false },
      agent: { subject: 'agent-anna', actor: [] },
      task: { id: 'T-7', source: 'asserted' },
      statements: [{ text: DELETE, parameters: '[1]', operation: 'DELETE' }],
    });
    expect(request).not.toHaveProperty('origin');
    expect(await left(governed)).toBe(4);
    expect((await decide(url, 'carol', { decision: 'approved', reason: 'ticket seen' })).body.status).toBe('approved');
    await done;
    expect(await left(governed)).toBe(3);
    const record = await governed.recordOf(({ statement }) => statement.command === 'COM_STMT_EXECUTE');
    expect(record.verdict).toMatchObject({
      effect: 'approve',
      approval: { id: request.id, by: 'carol', decision: 'approved', reason: 'ticket seen' },
    });
  });

  it('is refused when somebody rejects it, who may say why', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url);
    const refused = failure(remove(governed, 1));
    await decide(url, 'carol', { decision: 'rejected', reason: 'not on a Friday' });
    expect((await refused).message).toContain('carol rejected it: not on a Friday');
    expect(await left(governed)).toBe(4);
  });

  it('is refused when nobody decides in time, and a decision that comes later does nothing', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url, { approvalTimeoutMs: 600 });
    const refused = failure(remove(governed, 1));
    const { request } = await pending(url);
    expect((await refused).message).toContain('nobody approved it in time');
    const late = await approve(url, 'carol', request.id);
    expect(late.status).toBe(409);
    expect(await left(governed)).toBe(4);
  });

  it('is cancelled when its caller goes', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url);
    const connection = await governed.pool().promise().getConnection();
    void failure(connection.query('DELETE FROM orders WHERE id = 1'));
    const { request } = await pending(url);
    connection.destroy();
    const token = await tokenOf('carol');
    const path = `/v1/approvals/${request.id}`;
    await expect.poll(async () => (await ask(url, path, { token })).body.status).toBe('cancelled');
    expect((await approve(url, 'carol', request.id)).status).toBe(409);
    expect(await left(governed)).toBe(4);
  });

  it('is not approved by the agent itself, or by whom it acts for', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    expect(await approve(url, 'agent-anna')).toMatchObject({ status: 403, body: { error: /own name/ } });
    expect(await left(governed)).toBe(4);
    await approve(url, 'carol');
    await done;
  });

  it('wants as many as its rule says, of the groups that it says, each another one', async () => {
    const { url } = await startCollector({ rules: { 'ask-for-deletes': { approvals: 2, groups: ['dba'] } } });
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    expect((await approve(url, 'erin')).body.error).toContain('wants somebody of dba');
    expect((await approve(url, 'carol')).body.status).toBe('pending');
    expect((await approve(url, 'carol')).body.error).toContain('has decided on it before');
    expect((await decide(url, 'dan', { decision: 'approved', grant: { minutes: 5, uses: 5 } })).status).toBe(422);
    expect(await left(governed)).toBe(4);
    expect((await approve(url, 'dan')).body.status).toBe('approved');
    await done;
    const record = await governed.recordOf(({ statement }) => statement.command === 'COM_STMT_EXECUTE');
    expect(record.verdict.approval?.by).toBe('carol, dan');
  });

  it('is approved for the same statement with other values in the same task, for so often', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url, { approvalTimeoutMs: 1_500 });
    const done = remove(governed, 1);
    await decide(url, 'carol', { decision: 'approved', grant: { minutes: 5, uses: 2 } });
    await done;
    await remove(governed, 2);
    // Another statement, and another task, are something else.
    const others = await Promise.all([
      failure(withTask('T-7', () => governed.pool().promise().query('DELETE FROM orders WHERE id IN (3)'))),
      failure(withTask('T-8', () => governed.pool().promise().execute(DELETE, [3]))),
    ]);
    for (const { message } of others) expect(message).toContain('in time');
    await remove(governed, 3);
    expect((await failure(remove(governed, 4))).message).toContain('in time');
    expect(await left(governed)).toBe(1);
  });

  it('is approved by a person: not with a token that was handed on, nor twice under two spellings', async () => {
    const { url } = await startCollector(
      { rules: { 'ask-for-deletes': { approvals: 2 } } },
      { tokens: ['a-token-that-opens-every-route'] },
    );
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    const path = `/v1/approvals/${(await pending(url)).request.id}/decisions`;
    const body = { decision: 'approved' };
    const handedOn = await ask(url, path, { token: await tokenOf('mallory'), body });
    expect(handedOn).toMatchObject({ status: 403, body: { error: expect.stringContaining('handed on') as string } });
    expect((await ask(url, path, { token: 'a-token-that-opens-every-route', body })).status).toBe(403);
    await approve(url, 'carol');
    expect((await approve(url, 'Carol')).status).toBe(409);
    await approve(url, 'dan');
    await done;
  });

  it('waits on over a restart of the collector', async () => {
    const directory = temporaryDirectory();
    const first = await startCollector({}, { directory });
    const governed = await startAgent(first.url);
    const done = remove(governed, 1);
    await pending(first.url);
    await first.close();
    const { url } = await startCollector({}, { directory, port: Number(new URL(first.url).port) });
    await approve(url, 'carol');
    await done;
    expect(await left(governed)).toBe(3);
  });
});

describe('a decision', () => {
  it.each([
    ['on another request', { id: randomUUID() }],
    ['on another statement', { digest: 'x'.repeat(43) }],
    ['that is over', { expiresAtMs: Date.now() - 120_000 }],
    ['of the agent itself', { by: ['agent-anna'] }],
  ])('%s is not believed', async (_what, change) => {
    const { url } = await startForger(change);
    const governed = await startAgent(url);
    const { message } = await failure(remove(governed, 1));
    expect(message).toContain('the approver failed');
    expect(await left(governed)).toBe(4);
  });

  it('that another key signed is not believed where the key is given', async () => {
    const { url } = await startForger({});
    const { keys } = await createApprovalSigner(newKey(), 'x');
    const governed = await startAgent(url, { approver: collectorApprover({ url, keys }) });
    expect((await failure(remove(governed, 1))).message).toContain('not to be believed');
    const believing = await startAgent(url);
    await remove(believing, 1);
    expect([await left(governed), await left(believing)]).toEqual([4, 3]);
  });

  it('is told to nobody but who asked, who alone may cancel', async () => {
    const { url } = await startCollector({}, { writerTokens: [WRITER, 'the-token-of-another-writer'] });
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    const path = `/v1/approvals/${(await pending(url)).request.id}`;
    const token = 'the-token-of-another-writer';
    expect((await ask(url, `${path}/outcome`, { token })).status).toBe(404);
    expect((await ask(url, `${path}/cancel`, { token, body: {} })).status).toBe(404);
    await approve(url, 'carol');
    await done;
  });
});

describe('it is decided', () => {
  it('on the terminal', async () => {
    const { url } = await startCollector();
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    const { request } = await pending(url);
    const env = { COUNTERSIGN_COLLECTOR_TOKEN: await tokenOf('carol') };
    const listed = await runCommand(['approvals', '--url', url], env);
    expect(listed.out).toContain(`${request.id}  agent-anna  task T-7`);
    expect(listed.out).toContain(`${DELETE}  [1]`);
    const approved = await runCommand(['approve', request.id, '--url', url, '--reason', 'seen'], env);
    expect(approved).toMatchObject({ code: 0, out: expect.stringContaining('approved by carol: seen') as string });
    await done;
    const second = failure(remove(governed, 2));
    const { request: next } = await pending(url);
    expect((await runCommand(['reject', next.id, '--url', url, '--reason', 'no'], env)).code).toBe(0);
    expect((await second).message).toContain('carol rejected it: no');
    const again = await runCommand(['approve', next.id, '--url', url], env);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('it is rejected') as string });
  });

  it('by a webhook’s receiver, whose callback is signed with its secret and of now', async () => {
    const hook = new Webhook(SECRET.slice('whsec_'.length));
    const told: { type: string; approval: View; callback_url?: string }[] = [];
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        told.push(hook.verify(Buffer.concat(chunks).toString(), headers) as (typeof told)[number]);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    afterThisTest(() => void receiver.close());
    const { port } = receiver.address() as AddressInfo;
    const { url } = await startCollector({ webhooks: [{ url: `http://127.0.0.1:${port}/hook`, secret: SECRET }] });
    const governed = await startAgent(url);
    const done = remove(governed, 1);
    await expect.poll(() => told.length).toBe(1);
    expect(told[0]).toMatchObject({ type: 'approval.pending', approval: { request: { rule: 'ask-for-deletes' } } });
    const callback = told[0]?.callback_url ?? '';
    const call = async (body: object, sentAt = new Date(), signedBody = body): Promise<number> => {
      const text = JSON.stringify(body);
      const headers = {
        'content-type': 'application/json',
        ...{ 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)) },
        'webhook-signature': hook.sign('msg_1', sentAt, JSON.stringify(signedBody)),
      };
      return (await fetch(callback, { method: 'POST', body: text, headers })).status;
    };
    const yes = { approval: told[0]?.approval.request.id, decision: 'approved', by: 'carol' };
    expect(await call(yes, new Date(), { ...yes, by: 'dan' })).toBe(401);
    expect(await call(yes, new Date(Date.now() - 600_000))).toBe(401);
    expect(await call({ ...yes, by: 'agent-anna' })).toBe(403);
    expect(await call({ ...yes, by: 'Agent-ANNA' })).toBe(403);
    // A callback that was seen is good for nothing else.
    expect(await call({ ...yes, approval: randomUUID() })).toBe(422);
    expect(await call({ ...yes, by: 'agent-anna ' })).toBe(422);
    expect(await left(governed)).toBe(4);
    expect(await call(yes)).toBe(200);
    await done;
    expect(await call({ ...yes, by: 'dan' })).toBe(409);
    await expect.poll(() => told.at(-1)?.type).toBe('approval.approved');
    expect(told.at(-1)?.approval.votes).toMatchObject([{ by: 'carol', channel: 'webhook' }]);
  });

  it('for callers of the proxy as well', async () => {
    const { url } = await startCollector();
    const approver = collectorApprover({ url, token: WRITER });
    const proxied = await startProxied(database, { statements: TABLE, governor: { policy: policy(), approver } });
    afterThisTest(() => proxied.close());
    const connection = await proxied.connect('anna');
    const done = connection.query('DELETE FROM orders WHERE id = 1');
    await approve(url, 'carol');
    await done;
    const refused = failure(connection.query('DELETE FROM orders WHERE id = 2'));
    await decide(url, 'carol', { decision: 'rejected' });
    expect((await refused).message).toContain('carol rejected it');
    const [rows] = await connection.query('SELECT id FROM orders');
    expect(rows).toHaveLength(3);
  });
});
