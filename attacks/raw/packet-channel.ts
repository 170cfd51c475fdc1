import type { ClientPacket } from '../../src/wire/command-assembler.js';
import { CommandAssembler, frame } from '../../src/wire/command-assembler.js';
import { Capability } from '../../src/wire/constants.js';

/** How a channel has to log in. Absent members are as the channel likes. */
export interface ChannelLogin {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Capability flags beside the usual ones. */
  readonly flags?: number;
  /** MariaDB's extended capability flags. */
  readonly mariadbFlags?: number;
  /** Id of the collation that the login names. Default utf8mb4. */
  readonly collation?: number;
  readonly compress?: boolean;
}

/** A whole packet of the server. */
export type ServerPacket = Pick<ClientPacket, 'payload' | 'sequenceId'>;

/** A connection that has logged in, for packets made by hand. */
export interface PacketChannel {
  /** Capability flags that both sides have. */
  readonly capabilities: number;
  /** A byte before the column definitions says whether they come: OPTIONAL_RESULTSET_METADATA, MARIADB_CLIENT_CACHE_METADATA. */
  readonly announcesMetadata: boolean;
  readonly threadId: number;
  /** Writes bytes as they are. */
  write(bytes: Buffer): void;
  /** The next packet of the server. Rejects where the connection is lost. */
  next(): Promise<ServerPacket>;
  close(): void;
}

/** What stands before the text of a COM_QUERY: with query attributes, that there are none, in one set. */
export function queryPrefix({ capabilities }: PacketChannel): Buffer {
  return Buffer.from((capabilities & Capability.QUERY_ATTRIBUTES) === 0 ? [] : [0, 1]);
}

/** Writes a command packet. */
export function writeCommand(channel: PacketChannel, code: number, ...parts: readonly (Buffer | string)[]): void {
  channel.write(command(code, ...parts));
}

/** A command packet, or as many as it takes. */
export function command(code: number, ...parts: readonly (Buffer | string)[]): Buffer {
  return frame(Buffer.concat([Buffer.from([code]), ...parts.map((part) => Buffer.from(part as string))]), 0);
}

const MAX_PACKET_BYTES = 256 * 1024 * 1024;

/** Cuts the server's bytes into packets, and hands them out in order. */
export class PacketQueue {
  readonly #packets: ServerPacket[] = [];
  readonly #waiting: { resolve: (packet: ServerPacket) => void; reject: (error: Error) => void }[] = [];
  readonly #assembler = new CommandAssembler(MAX_PACKET_BYTES, (packet) => {
    this.add(packet);
  });
  #error: Error | undefined;

  /** Takes bytes, cut anywhere. */
  push(bytes: Buffer): void {
    this.#assembler.push(bytes);
  }

  /** Takes a whole packet. */
  add(packet: ServerPacket): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#packets.push(packet);
    else waiting.resolve(packet);
  }

  /** No more packets come. */
  fail(error: Error): void {
    this.#error = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  next(): Promise<ServerPacket> {
    const packet = this.#packets.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }
}
