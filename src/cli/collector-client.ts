import * as v from 'valibot';

import { splitRecords } from '../collector/ingest/split-records.js';
import type { RecordFilter, SessionQuery, StoredSession } from '../collector/store/record-store.js';
import { withDeadline } from '../deadline.js';
import { FailureError } from '../errors.js';

const TIMEOUT_MS = 10_000;

/** Which collector. */
export interface CollectorAddress {
  /** With or without `/v1/records`. */
  readonly url: string;
  readonly token?: string | undefined;
}

/** Records as they are held, and where to go on. */
export interface RecordPage {
  /** Each one record's JSON. */
  readonly records: readonly string[];
  /** Cursor behind these. */
  readonly next: string;
  /** Cursor behind all that there are. */
  readonly head: string;
  /** Whether there may be more; the page may be short for all that. */
  readonly more: boolean;
}

/** Which part of the records. */
export interface PageFlags {
  readonly after?: string | undefined;
  readonly limit: number;
  readonly order?: 'asc' | 'desc';
}

/**
 * Reads records from a collector.
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached or refuses
 */
export async function fetchRecords(
  address: CollectorAddress,
  filter: RecordFilter,
  { after, limit, order = 'asc' }: PageFlags,
): Promise<RecordPage> {
  const rows = filter.rows === undefined ? undefined : String(filter.rows);
  const query = { ...filter, rows, after, limit: String(limit), order };
  return readPage(address, await askCollector(address, '/v1/records', { query }));
}

/**
 * Reads the newest records from a collector, the oldest of them first.
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached or refuses
 */
export async function fetchNewest(
  address: CollectorAddress,
  filter: RecordFilter,
  limit: number,
): Promise<{ readonly records: readonly string[]; readonly head: string }> {
  const first = await fetchRecords(address, filter, { limit, order: 'desc' });
  const records = [...first.records];
  for (let page = first; page.more && records.length < limit;) {
    page = await fetchRecords(address, filter, { after: page.next, limit: limit - records.length, order: 'desc' });
    records.push(...page.records);
  }
  return { records: records.reverse(), head: first.head };
}

const Name = v.nullable(v.string());
const Count = v.pipe(v.number(), v.safeInteger());
const SessionsSchema = v.object({
  sessions: v.array(
    v.object({
      ...{ id: v.string(), started: Name, ended: Name, server: Name },
      ...{ statements: Count, refused: Count, errors: Count },
      ...{ agents: v.array(v.string()), tasks: v.array(v.string()) },
    }),
  ),
});

/** One session, as its records tell of it. */
export type SessionSummary = Omit<StoredSession, 'position'>;

/** Which sessions: the newest. */
export type SessionFilter = Pick<SessionQuery, 'agent' | 'task' | 'since' | 'limit'>;

/**
 * Reads the newest sessions from a collector, the newest last.
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached, refuses, or has no sessions to tell
 */
export async function fetchSessions(
  address: CollectorAddress,
  { agent, task, since, limit }: SessionFilter,
): Promise<readonly SessionSummary[]> {
  const query = { limit: String(limit), order: 'desc', agent, task, since };
  const body = await askCollector(address, '/v1/sessions', { query });
  try {
    return v.parse(SessionsSchema, JSON.parse(body.toString())).sessions.reverse();
  } catch (cause) {
    throw new FailureError('COLLECTOR_FAILED', notACollector(address), { cause });
  }
}

/**
 * What a collector has witnessed, as JSON.
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached or refuses
 */
export async function fetchWitnessed(address: CollectorAddress): Promise<string> {
  return (await askCollector(address, '/v1/witness')).toString();
}

/** What is asked of a collector. */
export interface CollectorQuestion {
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Posted as JSON. */
  readonly body?: object;
}

/**
 * Asks a collector.
 * @returns the body of its answer
 * @throws FailureError `COLLECTOR_FAILED` when it cannot be reached or refuses
 */
export async function askCollector(
  { url: base, token }: CollectorAddress,
  path: string,
  { query = {}, body: sent }: CollectorQuestion = {},
): Promise<Buffer> {
  const url = urlOf(base, path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(sent !== undefined && { 'content-type': 'application/json' }),
  };
  const init = sent === undefined ? {} : { method: 'POST', body: JSON.stringify(sent) };
  const { ok, status, body } = await withDeadline(TIMEOUT_MS, undefined, async (signal) => {
    const response = await fetch(url, { ...init, headers, redirect: 'error', signal });
    return { ok: response.ok, status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }).catch((cause: unknown) => {
    throw new FailureError('COLLECTOR_FAILED', `the collector at ${url.origin} cannot be reached${whyOf(cause)}`, {
      cause,
    });
  });
  if (!ok) {
    const answer = body.toString('utf8', 0, 200);
    const hint = status === 401 ? '; give --token-file, or set COUNTERSIGN_COLLECTOR_TOKEN' : '';
    throw new FailureError('COLLECTOR_FAILED', `the collector at ${url.origin} answered ${status}: ${answer}${hint}`);
  }
  return body;
}

/** What the system or TLS says: fetch's own message says nothing. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? `: ${code}` : '';
}

function urlOf(base: string, path: string): URL {
  if (URL.canParse(base)) return new URL(path, base);
  throw new FailureError('OPTIONS_INVALID', `--url: ${JSON.stringify(base)} is not a URL`);
}

const notACollector = ({ url }: CollectorAddress): string => `${url} does not answer like a collector; see to --url`;

const PAGE_END = /,"more":(true|false),"head":"(\d+)","next":"(\d+)"\}$/;

function readPage(address: CollectorAddress, body: Buffer): RecordPage {
  const end = PAGE_END.exec(body.toString('latin1', Math.max(0, body.length - 80)));
  const [whole = '', more, head, next] = end ?? [];
  const frame = splitRecords(Buffer.concat([body.subarray(0, body.length - whole.length), Buffer.from('}')]));
  if (head === undefined || next === undefined || frame === undefined) {
    throw new FailureError('COLLECTOR_FAILED', notACollector(address));
  }
  return { records: frame.map((record) => record.toString()), next, head, more: more === 'true' };
}
