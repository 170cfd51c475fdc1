import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

import type { TreeFrontier } from '../audit/seal/merkle-tree.js';
import { noteOf, readCheckpoint, type SignedCheckpoint } from '../audit/seal/checkpoint.js';
import { publicKeyFromBase64, publicKeyToBase64 } from '../audit/seal/signed-note.js';
import { FailureError } from '../errors.js';

/**
 * Reads a public key: base64 of its 32 bytes, or a file that holds that or PEM.
 * @returns base64
 * @throws FailureError `OPTIONS_INVALID`
 */
export async function readKey(given: string): Promise<string> {
  if (publicKeyFromBase64(given) !== undefined) return given;
  const text = (await readText(given, '--key')).trim();
  if (publicKeyFromBase64(text) !== undefined) return text;
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === 'ed25519') return publicKeyToBase64(key);
  } catch (cause) {
    throw notAKey(given, cause);
  }
  throw notAKey(given);
}

function notAKey(given: string, cause?: unknown): FailureError {
  return new FailureError('OPTIONS_INVALID', `--key: ${given} is no Ed25519 public key, in base64 or PEM`, { cause });
}

/**
 * Reads checkpoints that were kept: a note, checkpoint records one a line, or what a collector's `/v1/witness` gives.
 * @throws FailureError `OPTIONS_INVALID` where there is none
 */
export async function readCheckpoints(path: string): Promise<SignedCheckpoint[]> {
  const text = await readText(path, '--checkpoint');
  const notes = [text, ...text.split('\n').flatMap(notesIn)];
  const found = notes.map(readCheckpoint).filter((checkpoint) => checkpoint !== undefined);
  if (found.length === 0) throw new FailureError('OPTIONS_INVALID', `--checkpoint: ${path} holds no checkpoint`);
  return found;
}

/** The notes in a checkpoint record, or in a collector's list of what it has witnessed. */
export function notesIn(json: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  const note = noteOf(value);
  if (note !== undefined) return [note];
  if (typeof value !== 'object' || value === null || !('writers' in value) || !Array.isArray(value.writers)) return [];
  return value.writers.flatMap((writer: unknown) => noteOf({ checkpoint: writer }) ?? []);
}

/** How far a journal's records were kept long enough, and are removed. */
export interface RemovedRecords {
  readonly writer: string;
  readonly seq: number;
  readonly tree: TreeFrontier | undefined;
}

const RemovedSchema = v.looseObject({
  removed: v.optional(
    v.array(
      v.object({
        writer_id: v.string(),
        seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
        tree: v.nullable(v.object({ size: v.pipe(v.number(), v.safeInteger()), roots: v.array(v.string()) })),
      }),
    ),
    [],
  ),
});

/** What a collector's list of what it has witnessed says of records that it has removed. */
export function removedIn(json: string): readonly RemovedRecords[] {
  const { success, output } = v.safeParse(RemovedSchema, JSON.parse(json));
  if (!success) return [];
  return output.removed.map(({ writer_id: writer, seq, tree }) => ({ writer, seq, tree: tree ?? undefined }));
}

/** @throws FailureError `OPTIONS_INVALID` when it cannot be read */
export async function readText(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${option}: ${path} cannot be read`, { cause });
  }
}
