import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FailureError } from '../../errors.js';
import { messageOf } from '../../message-of.js';

const KEY_FILE = 'signing-key.pem';

/** Signs elsewhere: in a key management service, in a hardware module. */
export interface ExternalSigner {
  /** Ed25519: a KeyObject, or PEM. */
  readonly publicKey: KeyObject | string;
  /** The Ed25519 signature of the bytes: 64 bytes. */
  sign(bytes: Buffer): Promise<Uint8Array> | Uint8Array;
}

/** A key to sign with: an Ed25519 private key, as PEM or KeyObject, or who signs. */
export type SigningKey = string | KeyObject | ExternalSigner;

/** Signs the checkpoints of a trail. */
export interface CheckpointSigner {
  readonly publicKey: KeyObject;
  sign(text: string): Promise<Buffer>;
}

/**
 * Makes a signer of a key.
 * @param what - the option that the key is from, for messages
 * @throws FailureError `OPTIONS_INVALID` where it is no Ed25519 key
 */
export function signerOf(key: SigningKey, what: string): CheckpointSigner {
  try {
    return typeof key === 'object' && 'sign' in key ? externalSigner(key) : localSigner(key);
  } catch (cause) {
    throw new FailureError(
      'OPTIONS_INVALID',
      `${what}: must be an Ed25519 private key, as PEM or KeyObject, or { publicKey, sign } (${messageOf(cause)})`,
      { cause },
    );
  }
}

/**
 * The signer whose key stands in the audit directory; where there is none, it is made. Of several processes that start at once all get the same.
 * @throws FailureError `JOURNAL_UNAVAILABLE` when it can be neither read nor written; `OPTIONS_INVALID` when the file holds something else
 */
export async function directorySigner(directory: string): Promise<CheckpointSigner> {
  const path = join(directory, KEY_FILE);
  try {
    return signerOf((await readPem(path)) ?? (await makePem(path)), path);
  } catch (cause) {
    if (cause instanceof FailureError) throw cause;
    throw new FailureError(
      'JOURNAL_UNAVAILABLE',
      `${path}: the signing key cannot be read or made; see to its rights`,
      {
        cause,
      },
    );
  }
}

async function readPem(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A link is made whole, and by one process only. */
async function makePem(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(path, 'utf8');
}

function localSigner(key: string | KeyObject): CheckpointSigner {
  const privateKey = typeof key === 'string' ? createPrivateKey(key) : key;
  const publicKey = createPublicKey(privateKey);
  checkKind(publicKey);
  return { publicKey, sign: async (text) => sign(null, Buffer.from(text), privateKey) };
}

function externalSigner(signer: ExternalSigner): CheckpointSigner {
  const { publicKey: given } = signer;
  const publicKey = typeof given === 'string' ? createPublicKey(given) : given;
  checkKind(publicKey);
  return {
    publicKey,
    sign: async (text) => {
      const bytes = Buffer.from(text);
      const signature = Buffer.from(await signer.sign(bytes));
      if (verify(null, bytes, publicKey, signature)) return signature;
      throw new FailureError('OPTIONS_INVALID', 'audit.signing.key: sign() gave no Ed25519 signature of publicKey');
    },
  };
}

function checkKind({ asymmetricKeyType }: KeyObject): void {
  if (asymmetricKeyType !== 'ed25519') throw new TypeError(`it is ${asymmetricKeyType ?? 'no asymmetric key'}`);
}
