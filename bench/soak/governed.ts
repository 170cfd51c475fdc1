import { setTimeout } from 'node:timers/promises';
import { type AuditTrailOptions, type Governor, httpTransport } from 'countersign';
import { pino } from 'pino';
import type { JournalFigures } from './process-sample.js';

const DELIVERED_WITHIN_MS = 60_000;
/** That a collector is away, which it is meant to be, is worth no line. */
const quiet = pino({ level: 'error' }, pino.destination(2));

/** A journal whose space comes back in small steps, and that is delivered to all receivers. */
export function auditTo(directory: string, receivers: readonly string[]): AuditTrailOptions {
  const transports = receivers.map((url, index) => httpTransport({ url, name: `collector-${index}` }));
  return { directory, transports, segmentBytes: 2 ** 20, logger: quiet };
}

/** What a governor's journal holds. */
export function journalOf({ trail }: Governor): JournalFigures {
  const { usedBytes, transports } = trail.stats();
  return { journalBytes: usedBytes, pendingBytes: Math.max(...transports.map(({ pendingBytes }) => pendingBytes)) };
}

/** Waits until every receiver has everything. @returns whether that was so within a minute */
export async function delivered(governor: Governor): Promise<boolean> {
  const until = performance.now() + DELIVERED_WITHIN_MS;
  while (governor.trail.stats().openIntents > 0 || journalOf(governor).pendingBytes > 0) {
    if (performance.now() > until) return false;
    await setTimeout(20);
  }
  return true;
}
