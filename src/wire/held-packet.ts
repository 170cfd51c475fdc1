/** A packet of which not all has come yet. */
export class HeldPacket {
  #pieces: Buffer[] = [];
  #length = 0;
  #needed = 0;
  /** Its bytes went to the client already. */
  wasPassed = false;

  /** Bytes that are held; 0 where none are. */
  get length(): number {
    return this.#length;
  }

  /** Holds the beginning of a packet, until there are `needed` bytes. */
  begin(rest: Buffer, needed: number, wasPassed: boolean): void {
    // What is passed on may be moved by then.
    this.#pieces = [wasPassed ? Buffer.from(rest) : rest];
    this.#length = rest.length;
    this.#needed = needed;
    this.wasPassed = wasPassed;
  }

  /** Adds a chunk. @returns all bytes, which are not held any more; undefined where more are needed */
  add(chunk: Buffer): Buffer | undefined {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return undefined;
    const bytes = Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = 0;
    return bytes;
  }
}
