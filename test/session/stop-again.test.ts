import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { boundedPolicy, defineRule } from '../../src/guardrails/index.js';
import { frame } from '../../src/wire/command-assembler.js';
import type { ServerThread } from '../../src/session/index.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { answer, columnDefinition, eof, text } from '../wire/wire-samples.js';

let governed: Governed;

beforeAll(async () => {
  const small = defineRule({ name: 'small', effect: 'warn', limits: { maxRows: 1 } });
  const policy = { name: 'small', rules: [...boundedPolicy().rules, small] };
  governed = await startGoverned(inject('database'), { policy });
});
afterAll(() => governed.close());

const origin = {
  mode: 'embedded',
  server: 'db.example:3306',
  driver: 'test',
  deprecateEof: false,
  queryAttributes: false,
  extendedMetadata: false,
} as const;

function rowOf(...cells: readonly string[]): Buffer {
  const definitions = cells.map(() => columnDefinition('', '', 'x', 253));
  return answer([Buffer.from([cells.length]), ...definitions, eof(2), Buffer.concat(cells.map(text))]);
}

it('a server that goes on is told to stop again, by the thread and the server that it said to be', async () => {
  const told: ServerThread[] = [];
  let sent = 0;
  const session = governed.governor.openSession(origin, {
    toServer: () => (sent += 1),
    toClient: () => undefined,
    caller: () => ({ identity: undefined, taskId: undefined, assertions: undefined, origin: undefined }),
    stopStatement: (thread) => {
      told.push(thread);
      return Promise.resolve();
    },
    fail: (error) => {
      throw error;
    },
  });
  session.fromClient(frame(Buffer.from('\x03SELECT id FROM notes'), 0));
  const state = rowOf('8.4.0', '', 'utf8mb4', 'utf8mb4', 'shop', 'agent@%', '42', 'node-7:3306');
  session.fromServer(Buffer.concat([state, frame(eof(2), 12)]));
  session.release();
  await vi.waitFor(() => expect(sent).toBe(2));
  // Two rows, and no end.
  session.fromServer(Buffer.concat([rowOf('1'), frame(text('2'), 5)]));
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(1), { timeout: 10_000 });
  expect(told[0]).toMatchObject({ threadId: 42, server: 'node-7:3306' });
  session.close('the test is over');
});
