import { FailureError } from '../errors.js';

/** A secret key: bytes, `hex:…`, `base64:…`, or any other text, whose UTF-8 bytes count. */
export type MaskKey = Uint8Array | string;

/** Where a masker's key is. */
export interface KeySource {
  readonly key?: MaskKey;
  /** Name of an environment variable that holds it. */
  readonly keyEnv?: string;
}

/** @throws FailureError `OPTIONS_INVALID` where there is none, or fewer bytes than are needed */
export function readKey({ key, keyEnv }: KeySource, leastBytes: number, of: string): Buffer {
  const given = key ?? (keyEnv === undefined ? undefined : process.env[keyEnv]);
  if (given === undefined) {
    const where = keyEnv === undefined ? 'key or keyEnv is missing' : `the environment has no ${keyEnv}`;
    throw new FailureError('OPTIONS_INVALID', `the mask for ${of} needs a key: ${where}`);
  }
  const bytes = typeof given === 'string' ? bytesOf(given) : Buffer.from(given);
  if (bytes.length < leastBytes) {
    throw new FailureError(
      'OPTIONS_INVALID',
      `the key of the mask for ${of} has ${bytes.length} bytes; it needs ${leastBytes}`,
    );
  }
  return bytes;
}

function bytesOf(text: string): Buffer {
  const match = /^(hex|base64):(.*)$/s.exec(text);
  return match === null ? Buffer.from(text) : Buffer.from(match[2] ?? '', match[1] as 'hex' | 'base64');
}
