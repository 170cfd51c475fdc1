import { createHmac } from 'node:crypto';

/** Characters of a token behind its prefix: 132 bits of the HMAC. */
const TOKEN_CHARS = 22;

/**
 * Deterministic tokens by HMAC-SHA-256: equal values stay equal, so that joins and counts in the agent's code work, and nobody without the key
 * can try values out.
 */
export class Tokens {
  readonly #key: Buffer;
  readonly #prefix: string;

  /** @param keyId stands in each token, so that those of an earlier key can be told from others */
  constructor(key: Buffer, keyId: string | undefined) {
    this.#key = key;
    this.#prefix = keyId === undefined ? 'tok_' : `tok_${keyId}_`;
  }

  /** The token of a text. */
  text(text: string): string {
    return this.#prefix + this.#hmac(text).toString('base64url').slice(0, TOKEN_CHARS);
  }

  /** The token of a number, an integer from 0 to below a power of two. */
  number(text: string, bits: number): string {
    return BigInt.asUintN(bits, this.#hmac(text).readBigUInt64LE()).toString();
  }

  #hmac(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
