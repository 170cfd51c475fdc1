import { splitRecords } from '../collector/split-records.js';
import { withDeadline } from '../deadline.js';
import { FailureError } from '../errors.js';

const TIMEOUT_MS = 10_000;

/** Which collector, and which of its records. */
export interface RecordFilter {
  /** The collector, with or without `/v1/records`. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly agent?: string | undefined;
  readonly task?: string | undefined;
}

/** Records as they are held, and where to go on. */
export interface RecordPage {
  /** Each one record's JSON. */
  readonly records: readonly string[];
  readonly next: string;
}

/**
 * Reads records from a collector.
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached or refuses
 */
export async function fetchRecords(
  filter: RecordFilter,
  page: { readonly after?: string; readonly limit: number; readonly newest?: boolean },
): Promise<RecordPage> {
  const url = recordsUrl(filter, page);
  const headers = filter.token === undefined ? {} : { authorization: `Bearer ${filter.token}` };
  const { ok, status, body } = await withDeadline(TIMEOUT_MS, undefined, async (signal) => {
    const response = await fetch(url, { headers, redirect: 'error', signal });
    return { ok: response.ok, status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }).catch((cause: unknown) => {
    throw new FailureError('COLLECTOR_FAILED', `the collector at ${url.origin} cannot be reached`, { cause });
  });
  if (!ok) {
    const answer = body.toString('utf8', 0, 200);
    throw new FailureError('COLLECTOR_FAILED', `the collector at ${url.origin} answered ${status}: ${answer}`);
  }
  return readPage(url, body);
}

function recordsUrl(
  filter: RecordFilter,
  page: { readonly after?: string; readonly limit: number; readonly newest?: boolean },
): URL {
  if (!URL.canParse(filter.url))
    throw new FailureError('OPTIONS_INVALID', `--url: ${JSON.stringify(filter.url)} is not a URL`);
  const url = new URL('/v1/records', filter.url);
  const { agent, task } = filter;
  const query = {
    limit: String(page.limit),
    after: page.after,
    newest: page.newest === true ? 'true' : undefined,
    agent,
    task,
  };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function readPage(url: URL, body: Buffer): RecordPage {
  const next = /,"next":"(\d+)"\}$/.exec(body.toString('latin1', Math.max(0, body.length - 40)));
  const frame =
    next === null
      ? undefined
      : splitRecords(Buffer.concat([body.subarray(0, body.length - next[0].length), Buffer.from('}')]));
  if (next?.[1] === undefined || frame === undefined) {
    throw new FailureError('COLLECTOR_FAILED', `${url.origin} does not answer like a collector; see to --url`);
  }
  return { records: frame.map((record) => record.toString()), next: next[1] };
}
