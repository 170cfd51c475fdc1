import type { KeyObject } from 'node:crypto';

import { numbersTo, openTrail, receiver, record, temporaryDirectory } from '../audit/trail-fixtures.js';

/** The records of a journal, with a checkpoint after every few of them. */
export async function trailRecords(signing: KeyObject, statements = 12): Promise<string[]> {
  const sink = receiver();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    signing: { key: signing, everyRecords: 5 },
    batchRecords: 3,
  });
  for (const no of numbersTo(statements)) {
    record(trail, no);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await trail.close();
  return sink.all;
}
