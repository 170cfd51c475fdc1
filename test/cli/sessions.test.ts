import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { createCollector } from '../../src/collector/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { afterThisTest, numbersTo, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import { parsedLines, runCommand } from './run-command.js';
import { asLines, statementRecord } from './session-records.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const TOKEN = 'a-token-of-enough-characters';
const withToken = { COUNTERSIGN_COLLECTOR_TOKEN: TOKEN };

function fileOf(...records: readonly object[]): string {
  const path = join(temporaryDirectory(), 'records.jsonl');
  writeFileSync(path, asLines(records));
  return path;
}

test('sessions and show read a collector', async () => {
  const collector = await createCollector({ directory: temporaryDirectory(), tokens: [TOKEN] });
  afterThisTest(() => collector.close());
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: collector.recordsUrl, token: TOKEN })],
  });
  for (const no of numbersTo(450)) record(trail, no, no === 2 ? 'SELECT 2 -- \u001b[31m' : undefined);
  await trail.close();

  const listed = await runCommand(['sessions', '--url', collector.url, '--agent', 'agent-a'], withToken);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(/^s-1 {2}2026-11-\d\d [\d:]{8} {2}.+ {2}450 statements\n {4}agent-a {2}task task-1\n$/);
  const none = await runCommand(['sessions', '--url', collector.url, '--since', '2200-01-01'], withToken);
  expect(none).toMatchObject({ code: 0, out: '' });

  const shown = await runCommand(['show', 's-1', '--url', collector.url], withToken);
  expect(shown.code).toBe(0);
  expect(shown.out.split('\n').filter((line) => line.startsWith('  +'))).toHaveLength(450);
  expect(shown.out).toContain('    SELECT 2 -- \\u001b[31m');
  const json = parsedLines(await runCommand(['show', 's-1', '--url', collector.url, '--json'], withToken));
  expect(json.map(({ session }) => (session as { statement_no: number }).statement_no)).toEqual(numbersTo(450));
  const wrong = await runCommand(['sessions', '--url', collector.url], { COUNTERSIGN_COLLECTOR_TOKEN: 'x' });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('answered 401') as string });
});

test('sessions and show read a file, whatever its order, and take each record once', async () => {
  const inOrder = numbersTo(5).map((no) => statementRecord({ no }));
  const later = statementRecord({ session: 's-2', no: 1, seq: 6, atMs: 60_000, agent: 'billing', status: 'denied' });
  const newer = { v: 1, type: 'checkpoint', id: 'c', session: { id: 's-1' }, writer: { id: 'w-1', seq: 9 } };
  const file = fileOf(later, ...inOrder.toReversed(), newer, ...inOrder);
  expect(parsedLines(await runCommand(['sessions', '--file', file, '--json']))).toMatchObject([
    { id: 's-1', statements: 5, refused: 0, agents: ['support'], tasks: ['T-1'], server: 'db1:3306' },
    { id: 's-2', statements: 1, refused: 1, agents: ['billing'] },
  ]);
  const found = async (...args: string[]): Promise<unknown[]> =>
    parsedLines(await runCommand(['sessions', '--file', file, '--json', ...args])).map(({ id }) => id);
  expect(await found('--limit', '1')).toEqual(['s-2']);
  expect(await found('--agent', 'support')).toEqual(['s-1']);
  expect(await found('--since', '2026-11-20T22:40:30Z')).toEqual(['s-2']);
  const shown = parsedLines(await runCommand(['show', 's-1', '--file', file, '--json']));
  expect(shown.map(({ id }) => id)).toEqual(['s-1-1', 's-1-2', 's-1-3', 's-1-4', 's-1-5', 'c']);
});

test('show plays a session in scaled real time', async () => {
  const file = fileOf(statementRecord({ no: 1, atMs: 0 }), statementRecord({ no: 2, atMs: 20_000 }));
  const timeOf = async (...args: string[]): Promise<number> => {
    const before = performance.now();
    expect((await runCommand(['show', 's-1', '--file', file, ...args])).code).toBe(0);
    return performance.now() - before;
  };
  const atOnce = await timeOf();
  expect((await timeOf('--speed', '8')) - atOnce).toBeGreaterThan(1500);
});

test.each([
  ['no source', ['sessions'], 'say where the records are'],
  ['two sources', ['sessions', '--file', 'x', '--url', 'http://127.0.0.1:9'], 'cannot be used with'],
  ['no such file', ['sessions', '--file', '/nowhere/x'], '/nowhere/x cannot be read'],
  ['a bad time', ['sessions', '--file', 'x', '--since', 'soon'], 'is no time'],
  ['a bad speed', ['show', 's', '--file', 'x', '--speed', '0'], 'is not a number above 0'],
])('%s is an error', async (_what, args, message) => {
  expect(await runCommand(args)).toMatchObject({ code: 1, err: expect.stringContaining(message) as string });
});

test('a line that is no record, and a session that is not there, are errors', async () => {
  const file = fileOf(statementRecord({ no: 1 }), { v: 2 });
  const broken = await runCommand(['show', 's-1', '--file', file]);
  expect(broken).toMatchObject({
    code: 1,
    err: expect.stringContaining('records.jsonl, line 2: v: must be 1') as string,
  });
  const missing = await runCommand(['show', 's-9', '--file', fileOf(statementRecord({ no: 1 }))]);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('no record is of session s-9') as string });
});
