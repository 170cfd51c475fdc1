import { readErrPacket } from '../../src/wire/err-packet.js';
import { Capability, ServerStatus } from '../../src/wire/constants.js';
import { readEofStatus, readOkPacket } from '../../src/wire/ok-packet.js';
import { PayloadReader } from '../../src/wire/payload-reader.js';
import { type Answer, errorAnswer, OK_ANSWER, type Sight } from '../answer.js';
import type { PacketChannel } from './packet-channel.js';

/** Reads what a server answers to hand-made packets, and shows every packet to the attack's sight. */
export class AnswerReader {
  readonly #channel: PacketChannel;
  readonly #sight: Sight;
  readonly #deprecatesEof: boolean;

  constructor(channel: PacketChannel, sight: Sight) {
    this.#channel = channel;
    this.#sight = sight;
    this.#deprecatesEof = (channel.capabilities & Capability.DEPRECATE_EOF) !== 0;
  }

  /** One packet, whatever it is. */
  async simple(): Promise<Answer> {
    const payload = await this.#next();
    return payload[0] === 0xff ? this.#error(payload) : OK_ANSWER;
  }

  /** The answer to a statement: OK, an error or results. */
  async results(encoding: 'text' | 'binary' = 'text'): Promise<Answer> {
    const results: unknown[][][] = [];
    for (;;) {
      const first = await this.#next();
      if (first[0] === 0xff) return { ...this.#error(first), results };
      if (first[0] === 0x00 || this.#isEnd(first)) {
        const { affectedRows, status } = readOkPacket(first, 0, first.length);
        if ((status & ServerStatus.MORE_RESULTS) === 0) {
          return { error: undefined, results, affectedRows: Number(affectedRows) };
        }
        continue;
      }
      const end = await this.#resultSet(first, encoding, results);
      if (typeof end !== 'number') return { ...end, results };
      if ((end & ServerStatus.MORE_RESULTS) === 0) return { ...OK_ANSWER, results };
    }
  }

  /** The answer to COM_STMT_PREPARE: the statement's id, or the error. */
  async prepared(): Promise<number | Answer> {
    const payload = await this.#next();
    if (payload[0] === 0xff) return this.#error(payload);
    const reader = new PayloadReader(payload, 1, payload.length);
    const id = reader.int4();
    const columns = reader.int2();
    const parameters = reader.int2();
    for (const count of [parameters, columns]) {
      for (let index = 0; index < count; index += 1) await this.#next();
      if (count > 0 && !this.#deprecatesEof) await this.#next();
    }
    return id;
  }

  /** Packets up to the one that ends them, without a head: COM_STMT_FETCH, COM_FIELD_LIST, an event stream. */
  async untilEnd(mostPackets: number = Infinity): Promise<Answer> {
    for (let count = 0; count < mostPackets; count += 1) {
      const payload = await this.#next();
      if (payload[0] === 0xff) return this.#error(payload);
      if (this.#isEnd(payload)) break;
    }
    return OK_ANSWER;
  }

  /** @returns The status that ended it, or the error. */
  async #resultSet(head: Buffer, encoding: 'text' | 'binary', results: unknown[][][]): Promise<number | Answer> {
    const reader = new PayloadReader(head, 0, head.length);
    const columns = reader.lengthEncodedInt();
    const comeDefinitions = !this.#channel.announcesMetadata || reader.remaining === 0 || reader.int1() === 1;
    for (let index = 0; comeDefinitions && index < columns; index += 1) await this.#next();
    if (!this.#deprecatesEof) {
      const eof = await this.#next();
      // A cursor: the rows are fetched.
      const status = readEofStatus(eof, 0, eof.length);
      if ((status & ServerStatus.CURSOR_EXISTS) !== 0) return status;
    }
    const rows: unknown[][] = [];
    results.push(rows);
    for (;;) {
      const payload = await this.#next();
      if (payload[0] === 0xff) return this.#error(payload);
      if (this.#isEnd(payload)) return this.#endStatus(payload);
      rows.push(encoding === 'text' ? readTextRow(payload) : []);
    }
  }

  #endStatus(payload: Buffer): number {
    return this.#deprecatesEof
      ? readOkPacket(payload, 0, payload.length).status
      : readEofStatus(payload, 0, payload.length);
  }

  #isEnd(payload: Buffer): boolean {
    return payload[0] === 0xfe && payload.length < (this.#deprecatesEof ? 0xff_ff_ff : 9);
  }

  #error(payload: Buffer): Answer {
    const { errno, message } = readErrPacket(payload, 0, payload.length);
    return errorAnswer({ errno, message });
  }

  async #next(): Promise<Buffer> {
    const { payload } = await this.#channel.next();
    this.#sight.addBytes(payload);
    return payload;
  }
}

function readTextRow(payload: Buffer): unknown[] {
  const reader = new PayloadReader(payload, 0, payload.length);
  const cells: unknown[] = [];
  while (reader.remaining > 0) {
    if (payload[reader.offset] === 0xfb) {
      reader.skip(1);
      cells.push(null);
    } else cells.push(reader.lengthEncodedText());
  }
  return cells;
}
