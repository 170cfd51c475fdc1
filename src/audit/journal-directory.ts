/**
 * What stands in an audit directory:
 *
 *     <owner id>.sock                          the living sign of a process
 *     <writer id>@<owner id>/00000001.jsonl    the segments of a journal, and whose it is
 *     <writer id>@<owner id>/<transport>.cursor
 *     <writer id>@<owner id>/reserve           room for cursors when the disk is full
 *     dead-letter-<transport>.jsonl            what a receiver will never take
 *     signing-key.pem                          the key that signs checkpoints, where no other is given
 *     <writer id>.ended                        how a journal ended that no other one has named yet
 *
 * The owner is part of the name, so that taking over a dead process's journal is one rename, which only one taker wins.
 *
 * @module
 */

import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { removeReserve } from './disk-reserve.js';
import { isOwnerAlive, ownerSocketName } from './journal-owner.js';

const JOURNAL_NAME = /^([0-9a-f-]{36})@([0-9a-f]{12})$/;
const SEGMENT_NAME = /^(\d{8})\.jsonl$/;

/** A journal found on disk. */
export interface JournalPlace {
  readonly writerId: string;
  readonly ownerId: string;
  readonly path: string;
}

/** Where the journal of a writer stands. */
export function journalPlace(directory: string, writerId: string, ownerId: string): JournalPlace {
  return { writerId, ownerId, path: join(directory, `${writerId}@${ownerId}`) };
}

/** The journals that stand in a directory. */
export async function listJournals(directory: string): Promise<JournalPlace[]> {
  const places: JournalPlace[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const [, writerId, ownerId] = JOURNAL_NAME.exec(name) ?? [];
    if (writerId !== undefined && ownerId !== undefined) places.push(journalPlace(directory, writerId, ownerId));
  }
  return places;
}

/** The file of a segment, numbered from 1. */
export function segmentPath(journalPath: string, segment: number): string {
  return join(journalPath, `${segment.toString().padStart(8, '0')}.jsonl`);
}

/** The segments of a journal with their sizes in bytes, in order. */
export async function listSegments(journalPath: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const name of (await readdir(journalPath)).sort()) {
    const number = SEGMENT_NAME.exec(name)?.[1];
    if (number !== undefined) sizes.set(Number(number), (await stat(join(journalPath, name))).size);
  }
  return sizes;
}

/**
 * Takes over every journal whose owner is dead. Of several processes that try at once, one gets each journal.
 * @returns the journals as they stand now, under the new owner's name
 */
export async function claimOrphans(directory: string, ownerId: string): Promise<JournalPlace[]> {
  const claimed: JournalPlace[] = [];
  for (const { writerId, ownerId: oldOwnerId, path } of await listJournals(directory)) {
    if (oldOwnerId === ownerId) continue;
    if (await isOwnerAlive(directory, oldOwnerId)) continue;
    const place = journalPlace(directory, writerId, ownerId);
    if (!(await moved(path, place.path))) continue;
    await rm(join(directory, ownerSocketName(oldOwnerId)), { force: true });
    claimed.push(place);
  }
  return claimed;
}

/** Gives away the room that the journals of dead owners keep. Returns whether there was such a journal. */
export async function releaseOrphans(directory: string): Promise<boolean> {
  let released = false;
  for (const { ownerId, path } of await listJournals(directory)) {
    if (await isOwnerAlive(directory, ownerId)) continue;
    removeReserve(path);
    released = true;
  }
  return released;
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
