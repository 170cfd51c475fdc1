import { expect, it } from 'vitest';
import type { RecordBatch, SendResult } from '../../src/audit/index.js';
import { filterTransport, functionTransport } from '../../src/transports/index.js';

const signal = new AbortController().signal;
const batch = (...types: readonly string[]): RecordBatch => ({
  id: 'writer-1-3',
  records: types.map((type) => Buffer.from(JSON.stringify({ v: 1, type }))),
});

function filtered(result: SendResult): { batches: string[][]; send: (of: RecordBatch) => Promise<SendResult> } {
  const batches: string[][] = [];
  const inner = functionTransport(({ id, records }) => {
    batches.push([id, ...records.map(String)]);
    return result;
  });
  const transport = filterTransport(inner, ({ type }) => type === 'session');
  expect(transport.name).toBe(inner.name);
  return { batches, send: (of) => transport.send(of, signal) };
}

it('a filter lets its records through, under the same batch, and their result back', async () => {
  const { batches, send } = filtered({ status: 'retry', reason: 'busy' });
  expect(await send(batch('statement', 'session', 'identity', 'session'))).toEqual({ status: 'retry', reason: 'busy' });
  expect(batches).toEqual([['writer-1-3', '{"v":1,"type":"session"}', '{"v":1,"type":"session"}']]);
});

it('a batch of which nothing passes is accepted, and not sent', async () => {
  const { batches, send } = filtered({ status: 'retry', reason: 'busy' });
  expect(await send(batch('statement', 'identity'))).toEqual({ status: 'accepted' });
  expect(batches).toEqual([]);
});

it('a filter that throws loses nothing', async () => {
  const transport = filterTransport(
    functionTransport(() => undefined),
    () => {
      throw new Error('no opinion');
    },
  );
  await expect(transport.send(batch('statement'), signal)).rejects.toThrow('no opinion');
});
