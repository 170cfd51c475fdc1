/**
 * Signed notes: a text and Ed25519 signatures of it.
 *
 * @see https://c2sp.org/signed-note
 * @module
 */

import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const ED25519 = Buffer.from([0x01]);
/** SubjectPublicKeyInfo of an Ed25519 key, without the key (RFC 8410, section 4). */
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE_LINE = /^\u2014 ([^\s+]{1,200}) ([A-Za-z0-9+/]+={0,2})$/u;
const MAX_SIGNATURES = 16;

/** A signature of a note. */
export interface NoteSignature {
  /** The signer's name. */
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** A note taken apart; nothing of it is verified. */
export interface SignedNote {
  /** What is signed; ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** What {@link publicKeyToBase64} gave: taking a key apart costs as much as signing with it. */
const encodedKeys = new WeakMap<KeyObject, string>();

/** The 32 bytes of an Ed25519 public key, in base64. */
export function publicKeyToBase64(key: KeyObject): string {
  let encoded = encodedKeys.get(key);
  if (encoded === undefined) {
    encoded = key.export({ type: 'spki', format: 'der' }).subarray(SPKI_START.length).toString('base64');
    encodedKeys.set(key, encoded);
  }
  return encoded;
}

/** Reads what {@link publicKeyToBase64} wrote; undefined where it is not just that. */
export function publicKeyFromBase64(text: string): KeyObject | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== text) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_START, bytes]), format: 'der', type: 'spki' });
}

function keyIdOf(name: string, key: KeyObject): Buffer {
  const publicKey = Buffer.from(publicKeyToBase64(key), 'base64');
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), ED25519, publicKey]), 'buffer');
  return digest.subarray(0, KEY_ID_BYTES);
}

/** The line of a signature, with its newline. */
export function signatureLine(name: string, key: KeyObject, signature: Buffer): string {
  return `\u2014 ${name} ${Buffer.concat([keyIdOf(name, key), signature]).toString('base64')}\n`;
}

/**
 * Takes a note apart. Only one spelling of each note is taken, so that no byte of it can be changed unseen.
 * @param note - attacker-controlled
 */
export function parseSignedNote(note: string): SignedNote | undefined {
  const gap = note.lastIndexOf('\n\n');
  if (gap === -1 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(gap + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length !== KEY_ID_BYTES + SIGNATURE_BYTES || bytes.toString('base64') !== base64) return undefined;
    signatures.push({ name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) });
  }
  return { text: note.slice(0, gap + 1), signatures };
}

/** Whether one of the signatures is this key's, under this name, and is right. */
export function isSignedBy(note: SignedNote, name: string, key: KeyObject): boolean {
  const keyId = keyIdOf(name, key);
  const text = Buffer.from(note.text);
  return note.signatures.some(
    (found) => found.name === name && found.keyId.equals(keyId) && verify(null, text, key, found.signature),
  );
}
