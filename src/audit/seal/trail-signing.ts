import { type Checkpoint, checkpointText, originOf, type SignedCheckpoint } from './checkpoint.js';
import { publicKeyToBase64, parseSignedNote, signatureLine } from './signed-note.js';
import { type CheckpointSigner, directorySigner, signerOf, type SigningKey } from './signing-key.js';

/** Options of the signatures of a trail. */
export interface SigningOptions {
  /** The key that signs checkpoints; where not given, one is made and kept in the audit directory, as `signing-key.pem`. */
  readonly key?: SigningKey | undefined;
  /** The key that signed until now: it signs the first checkpoint of each journal too, and so vouches for the new one. */
  readonly replaces?: SigningKey | undefined;
  /** Records after which a checkpoint is made, 1000 where not given. */
  readonly everyRecords?: number | undefined;
  /** Milliseconds after which one is made for fewer, 10 000 where not given. */
  readonly everyMs?: number | undefined;
}

/** The options with what was not given filled in. */
export interface CheckedSigningOptions extends SigningOptions {
  readonly everyRecords: number;
  readonly everyMs: number;
}

/** What signs the checkpoints of a trail. */
export class TrailSigning {
  /** 32 bytes in base64. */
  readonly publicKey: string;
  readonly #signer: CheckpointSigner;
  readonly #replaced: CheckpointSigner | undefined;

  private constructor(signer: CheckpointSigner, replaced: CheckpointSigner | undefined) {
    this.#signer = signer;
    this.#replaced = replaced;
    this.publicKey = publicKeyToBase64(signer.publicKey);
  }

  /** @throws FailureError `OPTIONS_INVALID`; `JOURNAL_UNAVAILABLE` when the directory's key cannot be read or made */
  static async of(directory: string, { key, replaces }: SigningOptions): Promise<TrailSigning> {
    const signer = key === undefined ? await directorySigner(directory) : signerOf(key, 'audit.signing.key');
    const replaced = replaces === undefined ? undefined : signerOf(replaces, 'audit.signing.replaces');
    return new TrailSigning(signer, replaced);
  }

  /** Signs a checkpoint. @throws what an external signer throws */
  async sign(unsigned: Omit<Checkpoint, 'key'>): Promise<SignedCheckpoint> {
    const checkpoint = { ...unsigned, key: this.publicKey };
    const text = checkpointText(checkpoint);
    const signers = checkpoint.action === 'open' ? [this.#signer, this.#replaced] : [this.#signer];
    let note = `${text}\n`;
    for (const signer of signers) {
      if (signer === undefined) continue;
      note += signatureLine(originOf(checkpoint.writerId), signer.publicKey, await signer.sign(text));
    }
    return { ...checkpoint, note, signed: parseSignedNote(note) ?? { text, signatures: [] } };
  }
}
