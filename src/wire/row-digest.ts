import { createHash, type Hash } from 'node:crypto';

/**
 * SHA-256 over the rows of a statement's results as they stand on the wire: for each row, its payload, and the number of its bytes as a 64-bit
 * integer, little-endian.
 */
export class RowDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #length = Buffer.alloc(8);
  #bytes = 0;

  /** The next bytes of a row. */
  add(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** A row is complete. */
  endRow(): void {
    this.#length.writeBigUInt64LE(BigInt(this.#bytes));
    this.#hash.update(this.#length);
    this.#bytes = 0;
  }

  /** The digest, base64url. To be called once. */
  end(): string {
    return this.#hash.digest('base64url');
  }
}
