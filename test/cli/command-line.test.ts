import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { httpTransport } from '../../src/transports/index.js';
import { startChild, type Child } from '../audit/child.js';
import { eventually, numbersTo, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import type { AuditTrail } from '../../src/audit/index.js';
import { MAIN } from './run-command.js';

const TOKEN = 'a-token-of-enough-characters';
const withToken = { COUNTERSIGN_COLLECTOR_TOKEN: TOKEN };
const STARTED = 'countersign collector listening on ';

const command = (args: readonly string[], env: NodeJS.ProcessEnv = withToken): Child => startChild(MAIN, args, env);

async function startCollector(): Promise<{ url: string; child: Child }> {
  const child = command(['collector', '--dir', temporaryDirectory(), '--port', '0']);
  return { url: (await child.said(STARTED)).slice(STARTED.length), child };
}

async function trailTo(url: string): Promise<AuditTrail> {
  const transport = httpTransport({ url: `${url}/v1/records`, token: TOKEN });
  return openTrail({ directory: temporaryDirectory(), transports: [transport] });
}

test('tail shows the newest records, goes on with those that come, and the collector ends on SIGTERM', async () => {
  const { url, child } = await startCollector();
  const trail = await trailTo(url);
  for (const no of numbersTo(30)) record(trail, no);
  await eventually(() => trail.stats().transports[0]?.pendingBytes === 0);

  const tail = command(['tail', '--url', url, '-f', '-n', '2']);
  await tail.said('    SELECT 30');
  record(trail, 31, 'SELECT 31 -- \u001b[31m');
  await tail.said('    SELECT 31 -- \\u001b[31m');
  expect(tail.lines.filter((line) => line.startsWith('    '))).toHaveLength(3);
  await tail.kill('SIGTERM');
  await trail.close();
  expect(await child.kill('SIGTERM')).toBe(0);
  expect(child.lines).toHaveLength(1);
});

test('tail --json gives the records as they are, filtered by agent and task', async () => {
  const { url } = await startCollector();
  const trail = await trailTo(url);
  record(trail, 1, 'SELECT \u009b');
  await trail.close();
  const found = command(['tail', '--url', url, '--json', '--agent', 'agent-a', '--task', 'task-1']);
  expect(await found.ended).toBe(0);
  expect(found.lines.map((line) => (JSON.parse(line) as { statement: { text: string } }).statement.text)).toEqual([
    'SELECT \u009b',
  ]);
  const none = command(['tail', '--url', url, '--json', '--agent', 'somebody-else']);
  expect(await none.ended).toBe(0);
  expect(none.lines).toEqual([]);
});

test('the token can come from a file; a wrong one is refused with exit code 1', async () => {
  const { url } = await startCollector();
  const file = join(temporaryDirectory(), 'token');
  writeFileSync(file, `${TOKEN}\n`);
  const right = command(['tail', '--url', url, '--token-file', file], { COUNTERSIGN_COLLECTOR_TOKEN: 'wrong' });
  expect(await right.ended).toBe(0);
  expect(await command(['tail', '--url', url], { COUNTERSIGN_COLLECTOR_TOKEN: 'wrong' }).ended).toBe(1);
  expect(await command(['tail', '--url', url, '--token-file', '/nowhere'], {}).ended).toBe(1);
});

test('a collector that would be open to the network without a token does not start', async () => {
  const child = command(['collector', '--dir', temporaryDirectory(), '--host', '0.0.0.0', '--port', '0'], {
    COUNTERSIGN_COLLECTOR_TOKEN: undefined,
  });
  expect(await child.ended).toBe(1);
  expect(child.lines).toEqual([]);
});

test('a collector that is not there, and a bad number, are errors', async () => {
  expect(await command(['tail', '--url', 'http://127.0.0.1:9']).ended).toBe(1);
  expect(await command(['tail', '--url', 'nonsense']).ended).toBe(1);
  expect(await command(['tail', '--url', 'http://127.0.0.1:9', '-n', 'many']).ended).toBe(1);
});
