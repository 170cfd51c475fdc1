/**
 * Rows as the bytes that reach mysql2's parser, cut into cells by a reader of its own.
 *
 * @module
 */
import type { FieldPacket } from 'mysql2';
import type { Pool } from 'mysql2/promise';
import type { Via } from './answers.js';

/** The bytes of a cell; null for SQL NULL. */
export type RawCell = Buffer | null;

/** A packet of mysql2: its header stands at `start`. */
interface Packet {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What of a connection of mysql2 sees each packet. */
interface PacketHandler {
  handlePacket(packet: Packet | undefined): unknown;
}

/** The rows of a statement, cell by cell. */
export async function rawRows(pool: Pool, via: Via, sql: string): Promise<readonly (readonly RawCell[])[]> {
  const connection = await pool.getConnection();
  const core = connection.connection as unknown as PacketHandler;
  const payloads: Buffer[] = [];
  const handle = core.handlePacket.bind(core);
  core.handlePacket = (packet): unknown => {
    if (packet !== undefined) payloads.push(Buffer.from(packet.buffer.subarray(packet.start + 4, packet.end)));
    return handle(packet);
  };
  try {
    const [rows, fields] = await (via === 'query' ? connection.query(sql) : connection.execute(sql));
    const count = (rows as unknown[]).length;
    // Behind the rows, there is one packet that ends them.
    return payloads.slice(-count - 1, -1).map((payload) => cellsOf(payload, via, fields));
  } finally {
    core.handlePacket = handle;
    connection.release();
  }
}

function cellsOf(payload: Buffer, via: Via, fields: readonly FieldPacket[]): readonly RawCell[] {
  const reader = new CellReader(payload);
  const cells = via === 'query' ? fields.map(() => reader.text()) : binaryCells(reader, fields);
  if (!reader.isAtEnd) throw new Error('a row has more bytes than its cells');
  return cells;
}

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html */
function binaryCells(reader: CellReader, fields: readonly FieldPacket[]): readonly RawCell[] {
  reader.take(1);
  const bitmap = reader.take((fields.length + 7 + 2) >> 3);
  return fields.map(({ columnType }, column) => {
    const isNull = (((bitmap[(column + 2) >> 3] ?? 0) >> ((column + 2) & 7)) & 1) === 1;
    return isNull ? null : reader.binary(columnType ?? 0);
  });
}

/** Bytes of numbers by their type. Everything else has its length in front. */
const SIZES = new Map([
  ...[0x01, 0x02, 0x0d, 0x03, 0x09, 0x04, 0x08, 0x05].map((type, at) => [type, [1, 2, 2, 4, 4, 4, 8, 8][at]] as const),
  [0x06, 0],
]);

class CellReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('a row ends within a cell');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  text(): RawCell {
    const first = this.take(1)[0] ?? 0;
    if (first === 0xfb) return null;
    const more = [0xfc, 0xfd, 0xfe].indexOf(first);
    return this.take(more < 0 ? first : this.take([2, 3, 8][more] ?? 0).readUIntLE(0, [2, 3, 6][more] ?? 0));
  }

  binary(type: number): RawCell {
    const size = SIZES.get(type);
    return size === undefined ? this.text() : this.take(size);
  }
}
