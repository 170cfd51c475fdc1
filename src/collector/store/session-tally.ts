import type { IncomingRecord } from '../ingest/incoming-record.js';

/** What a number of records say of one session. */
export interface SessionTally {
  readonly id: string;
  /** Times of the earliest and of the latest record. */
  started: string | null;
  ended: string | null;
  server: string | null;
  statements: number;
  refused: number;
  /** Statements that the server answered with an error. */
  errors: number;
  /** Subjects. */
  readonly agents: Set<string>;
  /** Ids. */
  readonly tasks: Set<string>;
}

/**
 * Counts records by session; those of no session are left out.
 * @param tallies to be added to
 */
export function tallySessions(
  records: Iterable<IncomingRecord>,
  tallies: Map<string, SessionTally> = new Map(),
): Map<string, SessionTally> {
  for (const record of records) {
    if (record.session === null || record.session === '') continue;
    let tally = tallies.get(record.session);
    if (tally === undefined) tallies.set(record.session, (tally = emptyTally(record.session)));
    count(tally, record);
  }
  return tallies;
}

function emptyTally(id: string): SessionTally {
  const none = { started: null, ended: null, server: null, statements: 0, refused: 0, errors: 0 };
  return { id, ...none, agents: new Set(), tasks: new Set() };
}

function count(tally: SessionTally, { type, time, server, status, agent, task }: IncomingRecord): void {
  if (time !== null && (tally.started === null || time < tally.started)) tally.started = time;
  if (time !== null && (tally.ended === null || time > tally.ended)) tally.ended = time;
  tally.server ??= server;
  if (agent !== null) tally.agents.add(agent);
  if (task !== null) tally.tasks.add(task);
  if (type !== 'statement') return;
  tally.statements += 1;
  if (status === 'denied') tally.refused += 1;
  if (status === 'error') tally.errors += 1;
}
