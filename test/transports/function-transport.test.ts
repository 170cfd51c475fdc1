import { expect, test } from 'vitest';

import { functionTransport } from '../../src/transports/index.js';

const batch = { id: 'b', records: [Buffer.from('{}')] };
const { signal } = new AbortController();

test('a function that returns nothing has accepted', async () => {
  const got: string[] = [];
  const transport = functionTransport(async ({ records }) => void got.push(...records.map(String)));
  expect(await transport.send(batch, signal)).toEqual({ status: 'accepted' });
  expect([transport.name, got]).toEqual(['function', ['{}']]);
});

test('what a function answers is the result', async () => {
  const transport = functionTransport(() => ({ status: 'rejected', reason: 'no' }), { name: 'mine' });
  expect(await transport.send(batch, signal)).toEqual({ status: 'rejected', reason: 'no' });
  expect(transport.name).toBe('mine');
});
