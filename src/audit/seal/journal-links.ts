/**
 * What the journals of a directory know of each other. A journal that ends leaves `<writer id>.ended`; the next checkpoint of another journal names it,
 * and the file goes. So no journal can be taken away whole without a later one telling of it.
 *
 * @module
 */

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

import { type JournalPlace, listJournals, listSegments, segmentPath } from '../journal-directory.js';
import { type JournalLink, MAX_LINKS, noteOf, readCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { hashFromBase64 } from './merkle-tree.js';

const SUFFIX = '.ended';
const CHECKPOINT_LINE = Buffer.from('{"v":1,"type":"checkpoint"');
const NEWLINE = 0x0a;

const LinkSchema = v.object({
  writerId: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  root: v.pipe(
    v.string(),
    v.check((root) => hashFromBase64(root) !== undefined),
  ),
});

const endedPath = (directory: string, writerId: string): string => join(directory, `${writerId}${SUFFIX}`);

/** Leaves word that a journal has ended so. */
export async function leaveEnd(directory: string, { writerId, size, root }: JournalLink): Promise<void> {
  await writeFile(endedPath(directory, writerId), JSON.stringify({ writerId, size, root }), {
    mode: 0o600,
    flush: true,
  });
}

/** Journals that have ended and that no checkpoint has named, as many as fit one. */
export async function endedJournals(directory: string): Promise<JournalLink[]> {
  const links: JournalLink[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (!name.endsWith(SUFFIX) || links.length === MAX_LINKS) continue;
    const link = parseLink(await readFile(join(directory, name), 'utf8').catch(() => ''));
    if (link !== undefined) links.push(link);
  }
  return links;
}

/** Takes away what {@link leaveEnd} left, after a checkpoint has named it. */
export async function forgetEnds(directory: string, links: readonly JournalLink[]): Promise<void> {
  for (const { writerId } of links) await rm(endedPath(directory, writerId), { force: true });
}

/** The last checkpoints of the other journals that stand in a directory, dead or alive, as many as fit one. */
export async function standingJournals(directory: string, ownWriterId: string): Promise<JournalLink[]> {
  const links: JournalLink[] = [];
  for (const place of await listJournals(directory)) {
    if (place.writerId === ownWriterId || links.length === MAX_LINKS) continue;
    const last = await lastCheckpoint(place).catch(() => undefined);
    if (last !== undefined) links.push({ writerId: last.writerId, size: last.size, root: last.root });
  }
  return links;
}

/** The last checkpoint in a journal: of its last segment, else of its first. Undefined where there is none. */
export async function lastCheckpoint(place: JournalPlace): Promise<SignedCheckpoint | undefined> {
  const segments = [...(await listSegments(place.path)).keys()];
  for (const segment of new Set([segments.at(-1), segments[0]])) {
    if (segment === undefined) continue;
    const checkpoint = lastCheckpointIn(await readFile(segmentPath(place.path, segment)));
    if (checkpoint?.writerId === place.writerId) return checkpoint;
  }
  return undefined;
}

function lastCheckpointIn(bytes: Buffer): SignedCheckpoint | undefined {
  for (let start = bytes.lastIndexOf(CHECKPOINT_LINE); start !== -1;) {
    const isLine = start === 0 || bytes[start - 1] === NEWLINE;
    const end = bytes.indexOf(NEWLINE, start);
    const checkpoint = isLine && end !== -1 ? parseLine(bytes.toString('utf8', start, end)) : undefined;
    if (checkpoint !== undefined || start === 0) return checkpoint;
    start = bytes.lastIndexOf(CHECKPOINT_LINE, start - 1);
  }
  return undefined;
}

function parseLine(line: string): SignedCheckpoint | undefined {
  try {
    return readCheckpoint(noteOf(JSON.parse(line)) ?? '');
  } catch {
    return undefined;
  }
}

function parseLink(json: string): JournalLink | undefined {
  try {
    const result = v.safeParse(LinkSchema, JSON.parse(json));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
