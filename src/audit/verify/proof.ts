import * as v from 'valibot';

import { FailureError } from '../../errors.js';
import { checkOptions } from '../../options.js';
import { readCheckpoint, type SignedCheckpoint } from '../seal/checkpoint.js';
import { consistencyProof, inclusionProof, isConsistent, rootFromInclusion } from '../seal/merkle-proof.js';
import { hashFromBase64, hashToBase64, leafHash, type TreeHash } from '../seal/merkle-tree.js';
import type { JournalLedger } from './journal-ledger.js';
import { isSignedWith } from './key-trust.js';
import { readFrame } from './record-frame.js';

const MAX_HASHES = 64;
const Hashes = v.pipe(v.array(v.string()), v.maxLength(MAX_HASHES));
const ProofSchema = v.variant('type', [
  v.object({
    v: v.literal(1),
    type: v.literal('inclusion'),
    record: v.string(),
    checkpoint: v.string(),
    proof: Hashes,
  }),
  v.object({ v: v.literal(1), type: v.literal('consistency'), old: v.string(), checkpoint: v.string(), proof: Hashes }),
]);

/** That a record is in a journal, or that a journal only grew from one checkpoint to another. Hashes are base64, checkpoints are notes. */
export type AuditProof = {
  readonly v: 1;
  readonly checkpoint: string;
  readonly proof: readonly string[];
} & ({ readonly type: 'inclusion'; readonly record: string } | { readonly type: 'consistency'; readonly old: string });

/** What a proof shows. */
export interface ProofReport {
  readonly ok: boolean;
  readonly writer: string | undefined;
  /** What it shows, or what is wrong with it. */
  readonly message: string;
  /** The key that signed, 32 bytes in base64, and whether it was known beforehand. */
  readonly key: string | undefined;
  readonly trust: 'pinned' | 'first use' | undefined;
}

/** Proves that a record is in the journal that a checkpoint stands for. @param seq - the record's number, at most the checkpoint's size */
export function proveInclusion(
  ledger: JournalLedger,
  seq: number,
  record: Buffer,
  checkpoint: SignedCheckpoint,
): AuditProof {
  const hashes = inclusionProof((index) => ledger.leaves.at(index), seq - 1, checkpoint.size);
  const proof = hashes.map(hashToBase64);
  return { v: 1, type: 'inclusion', record: record.toString(), checkpoint: checkpoint.note, proof };
}

/** Proves that a journal went on from one checkpoint to another. @param old - of at least one record, at most as many as the other */
export function proveConsistency(
  ledger: JournalLedger,
  old: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
): AuditProof {
  const hashes = consistencyProof((index) => ledger.leaves.at(index), old.size, checkpoint.size);
  return { v: 1, type: 'consistency', old: old.note, checkpoint: checkpoint.note, proof: hashes.map(hashToBase64) };
}

/**
 * Checks a proof, with nothing but it and the keys.
 * @param json - attacker-controlled
 * @param pinned - public keys, 32 bytes in base64 each; without any, that of the checkpoint is believed, and the report says so
 * @throws FailureError `OPTIONS_INVALID` where it is no proof
 */
export function checkProof(json: string, pinned: readonly string[]): ProofReport {
  const proof = parseProof(json);
  const checkpoint = readCheckpoint(proof.checkpoint);
  if (checkpoint === undefined) return refused('its checkpoint cannot be read');
  const { writerId: writer, key } = checkpoint;
  if (!isSignedWith(checkpoint, key)) return refused('the signature of its checkpoint is wrong', writer);
  if (pinned.length > 0 && !pinned.includes(key))
    return refused(`its checkpoint is signed with another key: ${key}`, writer);
  const hashes = proof.proof.map(hashFromBase64);
  const whole = hashes.filter((hash) => hash !== undefined);
  const message = whole.length < hashes.length ? undefined : shownBy(proof, checkpoint, whole);
  if (message === undefined) return refused('it does not lead to the root of its checkpoint', writer);
  return { ok: true, writer, message, key, trust: pinned.length > 0 ? 'pinned' : 'first use' };
}

function parseProof(json: string): AuditProof {
  try {
    return checkOptions('proof', ProofSchema, JSON.parse(json));
  } catch (cause) {
    if (cause instanceof FailureError) throw cause;
    throw new FailureError('OPTIONS_INVALID', 'proof: is not JSON; give what `countersign prove` wrote', { cause });
  }
}

function refused(message: string, writer?: string): ProofReport {
  return { ok: false, writer, message, key: undefined, trust: undefined };
}

function shownBy(proof: AuditProof, checkpoint: SignedCheckpoint, hashes: readonly TreeHash[]): string | undefined {
  return proof.type === 'inclusion'
    ? inclusionShown(proof.record, checkpoint, hashes)
    : consistencyShown(proof.old, checkpoint, hashes);
}

function inclusionShown(record: string, checkpoint: SignedCheckpoint, hashes: readonly TreeHash[]): string | undefined {
  const frame = readFrame(record);
  if (frame?.writer !== checkpoint.writerId) return undefined;
  const root = rootFromInclusion(leafHash(Buffer.from(record)), frame.seq - 1, checkpoint.size, hashes);
  if (root === undefined || hashToBase64(root) !== checkpoint.root) return undefined;
  return `record ${frame.seq} (${frame.id}) is one of the ${checkpoint.size} records that were signed at ${checkpoint.time}`;
}

function consistencyShown(note: string, checkpoint: SignedCheckpoint, hashes: readonly TreeHash[]): string | undefined {
  const old = readCheckpoint(note);
  if (old?.writerId !== checkpoint.writerId || !isSignedWith(old, old.key)) return undefined;
  const state = ({ size, root }: SignedCheckpoint): { size: number; root: TreeHash } => ({
    size,
    root: hashFromBase64(root) ?? '',
  });
  if (!isConsistent(state(old), state(checkpoint), hashes)) return undefined;
  return `the journal only grew, from ${old.size} records signed at ${old.time} to ${checkpoint.size} signed at ${checkpoint.time}`;
}
