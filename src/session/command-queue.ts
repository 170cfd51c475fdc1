import type { Approval } from '../approval/approver.js';
import { FailureError } from '../errors.js';
import type { ClientPacket } from '../wire/command-assembler.js';
import type { Caller } from './caller.js';

/** A command that may not go yet. */
export interface HeldCommand {
  readonly packet: ClientPacket;
  readonly caller: Caller | undefined;
  /** Given for it by now. */
  readonly approvals?: readonly Approval[];
}

/** Commands that wait for the ones before them, in the client's order. */
export class CommandQueue {
  readonly #maxBytes: number;
  #commands: HeldCommand[] = [];
  /** Bytes that are held. */
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#commands.length === 0;
  }

  /** @throws FailureError `PACKET_TOO_LARGE` where more would be held than may be */
  push(command: HeldCommand): void {
    this.bytes += command.packet.payload.length;
    if (this.bytes > this.#maxBytes) {
      throw new FailureError('PACKET_TOO_LARGE', 'too much is written ahead of its answers: read them first');
    }
    this.#commands.push(command);
  }

  /** Puts a command back in front. */
  unshift(command: HeldCommand): void {
    this.bytes += command.packet.payload.length;
    this.#commands.unshift(command);
  }

  /** The next command, which is not held any more; undefined where there is none. */
  shift(): HeldCommand | undefined {
    const next = this.#commands.shift();
    if (next !== undefined) this.bytes -= next.packet.payload.length;
    return next;
  }

  clear(): void {
    this.#commands = [];
    this.bytes = 0;
  }
}
