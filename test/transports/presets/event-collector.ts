import type { Answer, Received } from '../recording-server.js';

/** What an HTTP Event Collector got, and how it answers. */
export interface EventCollector {
  readonly answer: (request: Received) => Answer;
  readonly events: Record<string, unknown>[];
}

/**
 * An HTTP Event Collector as Splunk documents it: objects one after another, no array; answers by code. `indexedAfter` switches
 * acknowledgement on, and says how many questions are answered with no.
 */
export function eventCollector(token: string, indexedAfter?: number): EventCollector {
  const events: Record<string, unknown>[] = [];
  let questions = 0;
  const answer = ({ path, headers, body }: Received): Answer => {
    const channel = headers['x-splunk-request-channel'];
    if (headers.authorization === undefined) return { status: 401, body: { text: 'Token is required', code: 2 } };
    if (headers.authorization !== `Splunk ${token}`) return { status: 403, body: { text: 'Invalid token', code: 4 } };
    if (indexedAfter !== undefined && channel === undefined) {
      return { status: 400, body: { text: 'Data channel is missing', code: 10 } };
    }
    if (path === `/services/collector/ack?channel=${String(channel)}`) {
      const { acks } = JSON.parse(body) as { acks: number[] };
      const isIndexed = questions++ >= (indexedAfter ?? 0);
      return { status: 200, body: { acks: Object.fromEntries(acks.map((id) => [id, isIndexed])) } };
    }
    if (path !== '/services/collector/event') return { status: 404, body: { text: 'Not found', code: 404 } };
    const read = readObjects(body);
    if (read === undefined) return { status: 400, body: { text: 'Invalid data format', code: 6 } };
    const bad = read.findIndex(({ event }) => event === undefined || event === '');
    if (bad >= 0) {
      return { status: 400, body: { text: 'Event field is required', code: 12, 'invalid-event-number': bad } };
    }
    events.push(...read);
    return { status: 200, body: { text: 'Success', code: 0, ...(indexedAfter !== undefined && { ackId: 7 }) } };
  };
  return { answer, events };
}

/** Objects one after another; undefined where there is something else. The records that it is sent have no braces in their texts. */
function readObjects(body: string): Record<string, unknown>[] | undefined {
  const found: Record<string, unknown>[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    if (body[at] === '{') depth++;
    if (body[at] === '}' && --depth === 0) {
      found.push(JSON.parse(body.slice(start, at + 1)) as Record<string, unknown>);
      start = at + 1;
    }
  }
  return start === body.length ? found : undefined;
}
