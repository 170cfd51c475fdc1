import { setTimeout } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { Identity, RevocationCheck } from '../../src/identity/index.js';
import { eventually } from '../audit/trail-fixtures.js';
import { type Proxied, startProxied } from './index.js';

const MAX_AGE_MS = 600;

/** What the issuer says: of which subjects tokens are revoked, whether it can tell at all, and after how long. */
let revoked: Set<string>;
let isDown: boolean;
let delayMs: number;
let asked: { readonly subject: string; readonly token: string | undefined }[];
let proxied: Proxied;

const isRevoked: RevocationCheck = async ({ subject }: Identity, token) => {
  asked.push({ subject, token });
  await setTimeout(delayMs);
  if (isDown) throw new Error('the introspection endpoint of login.internal is down');
  return revoked.has(subject);
};

beforeEach(async () => {
  [revoked, isDown, delayMs, asked] = [new Set(), false, 0, []];
  proxied = await startProxied(inject('database'), {
    statements: ['CREATE TABLE t (a INT)'],
    tokens: { isRevoked, revocationMaxAgeMs: MAX_AGE_MS, timeoutMs: 500 },
  });
});
afterEach(() => proxied.close());

const refused = { errno: 1045, sqlState: '28000', sqlMessage: expect.stringMatching(/has been revoked/) as string };

/** Runs statements until one is refused. */
async function refusal(connection: Connection): Promise<{ readonly afterMs: number; readonly error: unknown }> {
  const start = performance.now();
  for (;;) {
    const error = await connection.query('SELECT 1').then(
      () => undefined,
      (problem: unknown) => problem,
    );
    const afterMs = performance.now() - start;
    if (error !== undefined) return { afterMs, error };
    if (afterMs > 10_000) throw new Error('nothing was refused');
    await setTimeout(10);
  }
}

it('refuses the statements of an open session whose token is revoked, in time, with a record, and nobody else’s', async () => {
  const [anna, bert] = [await proxied.connect('anna'), await proxied.connect('bert')];
  await anna.execute('SELECT ?', [1]);
  revoked.add('agent-anna');
  const { afterMs, error } = await refusal(anna);
  expect(error).toMatchObject(refused);
  expect(afterMs).toBeLessThan(MAX_AGE_MS + 500);
  await expect(anna.execute('SELECT ?', [1])).rejects.toMatchObject(refused);
  await expect(anna.query('USE information_schema')).rejects.toMatchObject(refused);
  await bert.query('SELECT 1');
  // For good: who has been revoked once stays so.
  revoked.clear();
  await setTimeout(MAX_AGE_MS);
  await expect(anna.query('SELECT 1')).rejects.toMatchObject(refused);
  const denied = (await proxied.records()).filter(({ outcome }) => outcome.status === 'denied');
  expect(denied).toHaveLength(4);
  expect(denied[0]).toMatchObject({
    agent: { subject: 'agent-anna' },
    verdict: { effect: 'deny', rule: 'identity', reason: expect.stringContaining('agent-anna') as string },
  });
  const ends = (await proxied.events()).filter(({ type }) => type === 'identity');
  expect(ends).toMatchObject([{ agent: { subject: 'agent-anna' }, event: { action: 'revoked' } }]);
  expect(asked.filter(({ subject }) => subject === 'agent-anna').every(({ token }) => token !== undefined)).toBe(true);
});

it('holds the first statement after a rest until it is known, and asks nobody for who does nothing', async () => {
  const connection = await proxied.connect('anna');
  await connection.query('SELECT 1');
  const before = asked.length;
  await setTimeout(3 * MAX_AGE_MS);
  expect(asked).toHaveLength(before);
  revoked.add('agent-anna');
  delayMs = 100;
  const answers = await Promise.allSettled([connection.query('SELECT 2'), connection.query('SELECT 3')]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toHaveLength(before + 1);
  const texts = (await proxied.records()).map(({ statement, outcome }) => `${statement.text} ${outcome.status}`);
  expect(texts).toEqual(['SELECT 1 ok', 'SELECT 2 denied', 'SELECT 3 denied']);
});

it('keeps statements waiting for nobody while a young answer is renewed', async () => {
  const connection = await proxied.connect('anna');
  delayMs = 250;
  const before = asked.length;
  let longest = 0;
  for (const end = performance.now() + 3 * MAX_AGE_MS; performance.now() < end;) {
    const start = performance.now();
    await connection.query('SELECT 1');
    longest = Math.max(longest, performance.now() - start);
  }
  expect(asked.length - before).toBeGreaterThanOrEqual(2);
  expect(asked.length - before).toBeLessThan(10);
  expect(longest).toBeLessThan(delayMs);
});

it('refuses where nobody can tell any more, says nothing of why, and goes on as soon as somebody can', async () => {
  const connection = await proxied.connect('anna');
  await connection.query('SELECT 1');
  isDown = true;
  await connection.query('SELECT 2');
  const { afterMs, error } = await refusal(connection);
  expect(afterMs).toBeLessThan(MAX_AGE_MS + 1_000);
  expect(error).toMatchObject({
    errno: 1105,
    sqlMessage: expect.stringMatching(/^(?!.*internal).*cannot be told now/) as string,
  });
  [isDown, delayMs] = [false, 5_000];
  await setTimeout(1_100);
  await expect(connection.query('SELECT 3')).rejects.toMatchObject({ errno: 1105 });
  delayMs = 0;
  await eventually(() =>
    connection.query('SELECT 4').then(
      () => true,
      () => false,
    ),
  );
  const errors = (await proxied.records()).filter(({ verdict }) => verdict.effect === 'error');
  expect(errors.length).toBeGreaterThan(1);
});

it('refuses the sessions of short-lived credentials too, and their logins', async () => {
  const credential = await buy(await proxied.token('anna'));
  const { host, port } = proxied;
  const login = { host, port, user: credential.user, password: credential.password };
  const connection = await createConnection(login);
  await connection.query('SELECT 1');
  expect(asked.at(-1)).toEqual({ subject: 'agent-anna', token: undefined });
  revoked.add('agent-anna');
  expect((await refusal(connection)).error).toMatchObject(refused);
  await expect(createConnection(login)).rejects.toMatchObject(refused);
  connection.destroy();
  [isDown] = [true];
  revoked.clear();
  await expect(createConnection(login)).rejects.toMatchObject({ errno: 1105 });
});

async function buy(token: string): Promise<{ readonly user: string; readonly password: string }> {
  const url = `${proxied.proxy.credentialsUrl ?? ''}/v1/credentials`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as { user: string; password: string };
}
