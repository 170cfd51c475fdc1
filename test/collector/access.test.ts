import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createCollector, type Collector } from '../../src/collector/index.js';
import { clientCredentials, createTokenVerifier, type TokenVerifier } from '../../src/identity/index.js';
import { startIssuer } from '../issuer/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';

type Role = 'writer' | 'auditor' | 'approver' | 'admin';

interface Operation {
  readonly 'x-countersign-role'?: Role;
}

const ROLES: readonly Role[] = ['writer', 'auditor', 'approver', 'admin'];
const ADMIN_TOKEN = 'a-token-that-opens-every-route';
const WRITER_TOKEN = 'a-token-that-only-may-write';
/** What each route is asked, so that it is no bad request. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '/v1/records/{id}': '/v1/records/r1',
  '/v1/overview': '/v1/overview?since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z',
};

let issuer: Awaited<ReturnType<typeof startIssuer>>;
let verifier: TokenVerifier;
beforeAll(async () => {
  const clients = [...ROLES, 'nobody', 'two'].map((name) => ({
    clientId: name,
    clientSecret: `secret of ${name}`,
    claims: { groups: name === 'two' ? ['group of auditor', 'group of writer'] : [`group of ${name}`] },
  }));
  issuer = await startIssuer(clients);
  verifier = createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, algorithms: ['ES256'] });
});
afterAll(() => issuer.stop());

function tokenOf(name: string): Promise<string> {
  const { tokenEndpoint, audience } = issuer;
  return clientCredentials({ tokenEndpoint, audience, clientId: name, clientSecret: `secret of ${name}` }).getToken();
}

async function start(): Promise<Collector> {
  const roles = Object.fromEntries(ROLES.map((role) => [role, [`group of ${role}`]]));
  const collector = await createCollector({
    directory: temporaryDirectory(),
    ...{ tokens: [ADMIN_TOKEN], writerTokens: [WRITER_TOKEN], oidc: { verifier, roles } },
  });
  afterThisTest(() => collector.close());
  return collector;
}

function ask(collector: Collector, path: string, token?: string, method = 'GET'): Promise<Response> {
  const body = method === 'POST' ? { body: '{"records":[]}' } : {};
  const headers = {
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return fetch(collector.url + path, { method, headers, ...body });
}

async function operations(collector: Collector): Promise<[string, string, Role | undefined][]> {
  const { paths } = (await (await ask(collector, '/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Role | undefined] => [
      method.toUpperCase(),
      EXAMPLES[path] ?? path,
      operation['x-countersign-role'],
    ]),
  );
}

test('every route lets in who has its role, and nobody else', async () => {
  const collector = await start();
  const record = '{"records":[{"v":1,"type":"statement","id":"r1"}]}';
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` };
  expect((await fetch(collector.recordsUrl, { method: 'POST', body: record, headers })).status).toBe(200);
  const callers = new Map<string, { token: string | undefined; roles: readonly Role[] }>([
    ['no token', { token: undefined, roles: [] }],
    ['a token of nobody', { token: 'not.a.token', roles: [] }],
    ['a static token', { token: ADMIN_TOKEN, roles: ROLES }],
    ["a writer's static token", { token: WRITER_TOKEN, roles: ['writer'] }],
    ['nobody', { token: await tokenOf('nobody'), roles: [] }],
    ['two', { token: await tokenOf('two'), roles: ['auditor', 'writer'] }],
  ]);
  for (const role of ROLES) callers.set(role, { token: await tokenOf(role), roles: role === 'admin' ? ROLES : [role] });
  const all = await operations(collector);
  expect(all.length).toBeGreaterThan(8);
  const seen = new Set<string>();
  for (const [method, path, role] of all) {
    for (const [caller, { token, roles }] of callers) {
      const { status } = await ask(collector, path, token, method);
      const isKnown = caller !== 'no token' && caller !== 'a token of nobody';
      const mayPass = role === undefined ? !/callback|webhook/.test(path) : roles.includes(role);
      // What is let in is then found to be no request, or one that is not there.
      const expected = mayPass ? [200, 404, 422] : [isKnown && role !== undefined ? 403 : 401];
      expect(expected, `${method} ${path} by ${caller}`).toContain(status);
      seen.add(`${role} ${status}`);
    }
  }
  for (const role of ['writer', 'auditor', 'approver', 'admin']) {
    for (const status of [200, 401, 403]) expect(seen).toContain(`${role} ${status}`);
  }
});

test('a route that is not described is not there', async () => {
  const collector = await start();
  for (const path of [
    '/v1',
    '/console',
    '/console/',
    '/v1/records/',
    '/v1/../healthz/x',
    '/V1/records',
    '//v1/records',
  ])
    expect((await ask(collector, path, ADMIN_TOKEN)).status, path).toBe(404);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    expect((await ask(collector, '/v1/records', ADMIN_TOKEN, method)).status, method).toBe(404);
});

describe('who looks', () => {
  interface Access {
    readonly viewer: string;
    readonly route: string;
    readonly query: string;
    readonly times: number;
    readonly allowed: boolean;
  }
  const accesses = async (collector: Collector): Promise<Access[]> => {
    const answer = (await (await ask(collector, '/v1/accesses', ADMIN_TOKEN)).json()) as { accesses: Access[] };
    return answer.accesses.reverse();
  };

  test('is noted, with what was asked for, and so is who is refused; sending records is no look', async () => {
    const collector = await start();
    const auditor = await tokenOf('auditor');
    await ask(collector, '/v1/records?agent=anna&limit=5', auditor);
    await ask(collector, '/v1/sessions', await tokenOf('writer'));
    await ask(collector, '/v1/records', WRITER_TOKEN, 'POST');
    await ask(collector, '/v1/records');
    expect(await accesses(collector)).toMatchObject([
      { viewer: 'auditor', route: '/v1/records', query: 'agent=anna&limit=5', times: 1, allowed: true },
      { viewer: 'writer', route: '/v1/sessions', query: '', times: 1, allowed: false },
      { viewer: 'token 1', route: '/v1/accesses', allowed: true },
    ]);
  });

  test('again and again for the same is counted, and the count outlives the collector', async () => {
    const directory = temporaryDirectory();
    const first = await createCollector({ directory, tokens: [ADMIN_TOKEN] });
    for (let after = 0; after < 5; after++) await ask(first, `/v1/records?after=${after}`, ADMIN_TOKEN);
    await first.close();
    const second = await createCollector({ directory, tokens: [ADMIN_TOKEN] });
    afterThisTest(() => second.close());
    expect(await accesses(second)).toMatchObject([
      { route: '/v1/records', query: '', times: 1 },
      { route: '/v1/records', query: '', times: 4 },
      { route: '/v1/accesses' },
    ]);
  });
});
