import { expect, test } from 'vitest';

import { RecordIds } from '../../src/audit/record-id.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id is a UUID of version 7 that begins with the milliseconds since the epoch', () => {
  const id = new RecordIds().next(0x0192_3456_789a).toString();
  expect(id).toMatch(UUID_V7);
  expect(id.slice(0, 13)).toBe('01923456-789a');
});

test('ids only grow, within a millisecond and when the clock steps back', () => {
  const ids = new RecordIds();
  const now = Date.now();
  let last = '';
  for (let i = 0; i < 20_000; i++) {
    const id = ids.next(now + (i % 7) - 3).toString();
    expect(id > last, `${id} after ${last}`).toBe(true);
    last = id;
  }
});

test('a hundred thousand ids in one turn of the event loop are all well-formed and different', () => {
  const ids = new RecordIds();
  const seen = new Set<string>();
  for (let i = 0; i < 100_000; i++) seen.add(ids.next(1_795_000_000_000).toString());
  expect(seen.size).toBe(100_000);
  expect([...seen].every((id) => UUID_V7.test(id))).toBe(true);
});
