import type { Answer, Received } from '../recording-server.js';

/** What an intake got, and how it answers. */
export interface LogIntake {
  readonly answer: (request: Received) => Answer;
  /** The entries of each call that was taken. */
  readonly calls: Record<string, string>[][];
}

/** An intake with the limits that Datadog documents: 5 MB and 1,000 entries a call. */
export function logIntake(apiKey: string, maxBytes = 5_000_000): LogIntake {
  const calls: Record<string, string>[][] = [];
  const answer = ({ path, headers, body }: Received): Answer => {
    if (path !== '/api/v2/logs') return { status: 404 };
    if (headers['dd-api-key'] !== apiKey) return { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
    const entries = JSON.parse(body) as Record<string, string>[];
    if (Buffer.byteLength(body) > maxBytes || entries.length > 1000) return { status: 413 };
    calls.push(entries);
    return { status: 202 };
  };
  return { answer, calls };
}
