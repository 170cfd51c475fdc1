import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { ApprovalMessage } from '../../src/approval/approval-message.js';
import { ApprovalStore } from '../../src/collector/approvals/approval-store.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';

test('what was decided long ago is forgotten, with what was said of it; what waits is not', () => {
  const store = new ApprovalStore(join(temporaryDirectory(), 'approvals.db'));
  afterThisTest(() => store.close());
  const add = (id: string, createdAt: string): void => {
    const request = { id, expires_at: '2027-01-01T00:00:00.000Z' } as ApprovalMessage;
    store.add(request, 'writer', createdAt);
  };
  const vote = { by: 'carol', issuer: '', decision: 'approved', reason: null, channel: 'api', at: '' } as const;
  for (const [id, day] of [
    ['old and decided', '01'],
    ['old and pending', '02'],
    ['new and decided', '09'],
  ] as const) {
    add(id, `2026-11-${day}T00:00:00.000Z`);
    if (!id.endsWith('decided')) continue;
    store.vote(id, vote);
    expect(store.end(id, 'approved')).toBe(true);
  }
  store.removeBefore('2026-11-05T00:00:00.000Z');
  expect(store.list(undefined, 10).map(({ request }) => request.id)).toEqual(['new and decided', 'old and pending']);
  expect(store.find('new and decided')?.votes).toHaveLength(1);
  // A vote that was left behind would be in the way of one on a request with the same id.
  add('old and decided', '2026-11-10T00:00:00.000Z');
  expect(store.find('old and decided')?.votes).toEqual([]);
});
