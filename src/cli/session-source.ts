import type { SessionFilter, SessionSummary } from './collector-client.js';

/** Where sessions are read from. */
export interface SessionSource {
  /** The newest sessions that fit, the newest last. */
  sessions(filter: SessionFilter): Promise<readonly SessionSummary[]>;
  /** A session's records, each once, in the order of its statements; each one record's JSON. */
  records(session: string): AsyncIterable<string>;
}
