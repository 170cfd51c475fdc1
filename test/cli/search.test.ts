import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { clientCredentials } from '../../src/identity/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { afterThisTest, numbersTo, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import { startIssuer } from '../issuer/index.js';
import { MAIN, parsedLines, runCommand } from './run-command.js';
import { statementRecord } from './session-records.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const WRITER = 'a-token-that-only-may-write';

let issuer: Awaited<ReturnType<typeof startIssuer>>;
beforeAll(async () => {
  issuer = await startIssuer([
    { clientId: 'sec', clientSecret: 'secret of sec', claims: { groups: ['security'] } },
    { clientId: 'dev', clientSecret: 'secret of dev', claims: { groups: ['developers'] } },
  ]);
});
afterAll(() => issuer.stop());

function tokenOf(clientId: string): Promise<string> {
  const { tokenEndpoint, audience } = issuer;
  const clientSecret = `secret of ${clientId}`;
  return clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
}

/** The collector as it is installed, with the threads of its store. */
async function startCollector(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const writerTokenFile = join(temporaryDirectory(), 'token');
  writeFileSync(writerTokenFile, `${WRITER}\n`);
  const args = ['--dir', directory, '--port', '0', '--writer-token-file', writerTokenFile];
  const oidc = ['--issuer', issuer.issuer, '--audience', issuer.audience, '--auditors', 'security,audit'];
  const child = spawn(process.execPath, [fileURLToPath(MAIN), 'collector', ...args, ...oidc], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterThisTest(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url: line.split(' ').at(-1) ?? '', child };
}

async function post(url: string, ...records: readonly object[]): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${WRITER}` };
  const response = await fetch(`${url}/v1/records`, { method: 'POST', headers, body: JSON.stringify({ records }) });
  return response.json();
}

test('records are found by what is said of them, by who may read them, and outlive a kill', async () => {
  const directory = temporaryDirectory();
  const first = await startCollector(directory);
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: `${first.url}/v1/records`, token: WRITER })],
    signing: { everyRecords: 20 },
  });
  for (const no of numbersTo(60)) record(trail, no, `SELECT ${no} FROM orders WHERE note = 'x\u001b[31m${no}'`);
  await trail.close();
  const denied = statementRecord({
    ...{ no: 7, session: 'other', agent: 'bob', task: 'T-9', status: 'denied', text: 'DELETE FROM orders' },
    statement: { operation: 'DELETE', tables: [{ schema: 'shop', table: 'orders', access: 'write' }] },
    verdict: { effect: 'deny', rule: 'no-unbounded-writes' },
  });
  expect(await post(first.url, denied)).toMatchObject({ stored: 1 });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const { url } = await startCollector(directory);
  const env = { COUNTERSIGN_COLLECTOR_TOKEN: await tokenOf('sec') };
  const search = (...args: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(['search', ...args, '--url', url], env);

  const table = await search('--written', 'shop.orders', '--status', 'denied', '--rule', 'no-unbounded-writes');
  expect(table.err).toBe('');
  const [head, row, ...rest] = table.out.split('\n');
  expect(head).toMatch(/^TIME {17}AGENT {17}TASK .* STATEMENT$/);
  expect(row).toMatch(
    /^2026-11-20 22:40:\d\d {2}bob +T-9 +DELETE +denied +1 {2}no-unbounded-writes +DELETE FROM orders$/,
  );
  expect(rest).toEqual(['']);

  const words = parsedLines(await search('orders', 'SEL*', '--limit', '5', '--json'));
  expect(words.map(({ session }) => (session as { statement_no: number }).statement_no)).toEqual([60, 59, 58, 57, 56]);
  expect(parsedLines(await search('--agent', 'agent-a', '--oldest', '--limit', '2000', '--json'))).toHaveLength(60);
  const hostile = await search('--session', 's-1', '--limit', '1');
  expect(hostile.out).toContain('\\u001b[31m');
  expect(hostile.out).not.toContain('\u001b');
  expect(await search('nowhere')).toMatchObject({ code: 0, out: '', err: 'no record fits\n' });
  expect((await search('***')).err).toContain('text: must have a word in it');

  const exported = await runCommand(['export', '--url', url, '--format', 'csv', '--written', 'shop.orders'], env);
  expect(exported.err).toBe('');
  expect(exported.out).toMatch(
    /^time,type,agent,[^\n]+\r\n2026-[^,]+,statement,bob,bob,T-9,other,db1:3306,DELETE,shop.orders,deny,/,
  );
  expect((await runCommand(['export', '--url', url], {})).err).toContain('answered 401');

  const dev = await runCommand(['search', '--url', url], { COUNTERSIGN_COLLECTOR_TOKEN: await tokenOf('dev') });
  expect(dev.err).toContain('dev may not: the role auditor is needed');
  const writer = await runCommand(['search', '--url', url], { COUNTERSIGN_COLLECTOR_TOKEN: WRITER });
  expect(writer.err).toContain('the role auditor is needed');
  const verified = await runCommand(['verify', '--url', url], env);
  expect(verified.out).toContain(trail.stats().writerId);
});
