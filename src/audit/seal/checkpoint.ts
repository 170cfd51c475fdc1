/**
 * Checkpoints of a journal: how many records it has, and the root of the Merkle tree over them, signed.
 *
 * The note is a C2SP checkpoint. Its extension lines hold what else the record says, so that all of the record follows from the note and its place
 * in the chain: a checkpoint record of which a byte is changed is no longer the one that its note gives.
 *
 * @see https://c2sp.org/tlog-checkpoint
 * @module
 */

import { hashFromBase64 } from './merkle-tree.js';
import { parseSignedNote, type SignedNote } from './signed-note.js';

/** What a checkpoint is made for: the journal's first record, one on the way, the last. */
export type CheckpointAction = 'open' | 'mark' | 'close';

/** The state of another journal: it had so many records with this root. */
export interface JournalLink {
  readonly writerId: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** What a checkpoint says. */
export interface Checkpoint extends JournalLink {
  /** Id and time of the record. */
  readonly id: string;
  readonly time: string;
  readonly action: CheckpointAction;
  /** The key that signs: 32 bytes in base64. */
  readonly key: string;
  /** Journals of the same directory that were there before, or have ended since the last checkpoint. */
  readonly previous: readonly JournalLink[];
}

/** A checkpoint as it was signed. The signatures are not verified. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string;
  readonly signed: SignedNote;
}

/** Most journals that a checkpoint names. */
export const MAX_LINKS = 32;

const ORIGIN_START = 'countersign/';
const WRITER_ID = /^[\w-]{1,64}$/;
const SIZE = /^(?:0|[1-9]\d{0,14})$/;
const RECORD_LINE = /^record ([0-9a-f-]{36}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (open|mark|close)$/;

/** The origin of a journal's checkpoints, which is the name of the key that signs them, too. */
export const originOf = (writerId: string): string => `${ORIGIN_START}${writerId}`;

/** The text that is signed. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { writerId, size, root, id, time, action, key, previous } = checkpoint;
  return [
    originOf(writerId),
    size,
    root,
    `record ${id} ${time} ${action}`,
    `key ${key}`,
    ...previous.map((link) => `previous ${link.writerId} ${link.size} ${link.root}`),
    '',
  ].join('\n');
}

/** The members of a checkpoint record after its `time`, without braces. */
export function checkpointMembers({ action, size, root, note }: SignedCheckpoint): string {
  return `"event":{"action":"${action}"},"checkpoint":{"size":${size},"root":"${root}","note":${JSON.stringify(note)}}`;
}

/** The bytes that the record of a checkpoint has at a place in the chain. */
export function checkpointRecord(checkpoint: SignedCheckpoint, seq: number, prev: string | undefined): string {
  const { id, time, writerId } = checkpoint;
  const link = prev === undefined ? '' : `,"prev":"${prev}"`;
  return `{"v":1,"type":"checkpoint","id":"${id}","time":"${time}","writer":{"id":"${writerId}","seq":${seq}${link}},${checkpointMembers(checkpoint)}}`;
}

/**
 * Reads the note of a checkpoint. Its signatures have still to be verified.
 * @param note - attacker-controlled
 */
export function readCheckpoint(note: string): SignedCheckpoint | undefined {
  const signed = parseSignedNote(note);
  if (signed === undefined) return undefined;
  const [origin = '', size = '', root = '', record = '', key = '', ...links] = signed.text.slice(0, -1).split('\n');
  const previous = links.map(readLink);
  const state = readState(origin.slice(ORIGIN_START.length), size, root);
  const [, id, time, action] = RECORD_LINE.exec(record) ?? [];
  if (state === undefined || id === undefined || time === undefined || previous.includes(undefined)) return undefined;
  const checkpoint: Checkpoint = {
    ...state,
    id,
    time,
    action: action as CheckpointAction,
    key: key.slice('key '.length),
    previous: previous.filter((link) => link !== undefined),
  };
  return checkpointText(checkpoint) === signed.text ? { ...checkpoint, note, signed } : undefined;
}

function readLink(line: string): JournalLink | undefined {
  const [, writerId = '', size = '', root = ''] = line.split(' ');
  return readState(writerId, size, root);
}

function readState(writerId: string, size: string, root: string): JournalLink | undefined {
  if (!WRITER_ID.test(writerId) || !SIZE.test(size) || hashFromBase64(root) === undefined) return undefined;
  return { writerId, size: Number(size), root };
}

/** The note in a checkpoint record that was parsed from JSON; undefined where there is none. */
export function noteOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || !('checkpoint' in record)) return undefined;
  const { checkpoint } = record;
  if (typeof checkpoint !== 'object' || checkpoint === null || !('note' in checkpoint)) return undefined;
  return typeof checkpoint.note === 'string' ? checkpoint.note : undefined;
}
