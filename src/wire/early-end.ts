import { ServerStatus } from './constants.js';
import { buildEndOfRows, readEndOfRows } from './ok-packet.js';

/** Ends a result before its time, with what the server ended it with or in its place. It is the last one that the client sees. */
export class EarlyEnd {
  readonly #deprecateEof: boolean;
  /** Of the packet that is to end it; -1 where none is. */
  #sequenceId = -1;

  constructor(deprecateEof: boolean) {
    this.#deprecateEof = deprecateEof;
  }

  /** A result is cut before the row that would have this sequence id. */
  begin(sequenceId: number): void {
    this.#sequenceId = sequenceId;
  }

  /** Another answer begins. */
  forget(): void {
    this.#sequenceId = -1;
  }

  /** The packet for the client, made of the server's own end, which stands from `start` to `end`; undefined where it was sent, or nothing was cut. */
  packet(bytes: Buffer, start: number, end: number): Buffer | undefined {
    if (this.#sequenceId === -1) return undefined;
    const isError = bytes[start] === 0xff;
    const status = isError ? ServerStatus.AUTOCOMMIT : readEndOfRows(bytes, start, end, this.#deprecateEof);
    const packet = buildEndOfRows(this.#sequenceId, status & ~ServerStatus.MORE_RESULTS, this.#deprecateEof);
    this.forget();
    return packet;
  }
}
