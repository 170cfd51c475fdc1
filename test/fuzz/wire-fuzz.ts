/** Spoiled packets through the governed wire, cut at random: nothing crashes, nothing is held without bound, nothing is sent unrecorded. */
import { maskColumn } from '../../src/masking/index.js';
import type { Identity } from '../../src/identity/index.js';
import { createGovernor, type GovernedSession, type Governor } from '../../src/session/index.js';
import { functionTransport } from '../../src/transports/index.js';
import { Command } from '../../src/wire/constants.js';
import { Random } from './random.js';
import { CLIENT_PACKETS, SERVER_ANSWERS, stateAnswer } from './wire-corpus.js';

/** What a run has done. */
export interface WireFuzzReport {
  readonly packets: number;
  /** Commands that reached the server. */
  readonly forwarded: number;
  readonly sessions: number;
  /** Empty where all is well. */
  readonly failures: readonly string[];
}

const MAX_PACKET_BYTES = 1 << 20;
/** A packet on each side, and what waits behind it. */
const MAX_HELD_BYTES = 3 * MAX_PACKET_BYTES;
const MAX_FAILURES = 5;
const INTERESTING = [0x00, 0x01, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];
/** Commands that have a record each time. */
const RECORDED: ReadonlySet<number> = new Set([
  ...[Command.QUERY, Command.STMT_PREPARE, Command.STMT_EXECUTE, Command.STMT_FETCH, Command.INIT_DB],
  Command.RESET_CONNECTION,
]);

/**
 * Runs packets `from` to `to` of a seed.
 * @param directory of the journal
 */
export async function fuzzWire(
  order: { readonly seed: number; readonly from: number; readonly to: number },
  identity: Identity,
  directory: string,
): Promise<WireFuzzReport> {
  const governor = await createGovernor({
    audit: { directory, transports: [functionTransport(() => undefined)] },
    masks: [maskColumn('shop.customers.email', 'redact')],
    catalogue: false,
    maxPacketBytes: MAX_PACKET_BYTES,
  });
  const target = new Target(governor, identity);
  for (let index = order.from; index < order.to && target.failures.length < MAX_FAILURES; index += 1) {
    target.at = `seed ${order.seed}, packet ${index}`;
    target.play(new Random(order.seed, index));
    if (index % 1_000 === 0) await new Promise(setImmediate);
  }
  const { forwarded, sessions, failures } = target;
  await governor.close();
  return { packets: order.to - order.from, forwarded, sessions, failures };
}

class Target {
  readonly failures: string[] = [];
  forwarded = 0;
  sessions = 0;
  /** Which packet it is. */
  at = '';
  readonly #governor: Governor;
  readonly #identity: Identity;
  #session: GovernedSession | undefined;
  #deprecateEof = false;
  /** Intents that no command has been sent for. */
  #intents: string[] = [];
  #asksState = false;
  #awaitsAnswer = false;

  constructor(governor: Governor, identity: Identity) {
    this.#governor = governor;
    this.#identity = identity;
    const { trail } = governor;
    const intent = trail.intent.bind(trail);
    trail.intent = (statement, durability) => {
      // Throws where the journal is full, and nothing is sent.
      const ticket = intent(statement, durability);
      const { text, textStart, textEnd } = statement;
      const whole = !statement.redacted && !statement.truncated;
      this.#intents.push(whole ? text.toString('latin1', textStart, textEnd) : '');
      return ticket;
    };
  }

  /** One packet of the client, and what the server makes of it. */
  play(random: Random): void {
    try {
      const session = this.#sessionFor(random);
      this.#feed(random, spoil(random, random.pick(CLIENT_PACKETS)), (bytes) => session.fromClient(bytes));
      this.#governor.trail.flush();
      for (let turn = 0; turn < 4 && this.#awaitsAnswer && this.#session === session; turn += 1) {
        this.#answer(random, session);
        this.#governor.trail.flush();
      }
      if (session.heldBytes > MAX_HELD_BYTES) this.#failed(`${session.heldBytes} bytes are held`);
    } catch (error) {
      this.#failed(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      this.#session = undefined;
    }
  }

  #answer(random: Random, session: GovernedSession): void {
    const asked = this.#asksState;
    this.#asksState = false;
    this.#awaitsAnswer = false;
    const whole = asked ? stateAnswer(this.#deprecateEof) : random.pick(SERVER_ANSWERS);
    const bytes = asked && !random.once(50) ? whole : spoil(random, whole);
    this.#feed(random, bytes, (chunk) => session.fromServer(chunk));
    session.release();
  }

  #feed(random: Random, bytes: Buffer, feed: (chunk: Buffer) => void): void {
    let from = 0;
    while (from < bytes.length) {
      const end = random.once(2) ? bytes.length : from + 1 + random.below(bytes.length - from);
      // A copy: what is fed belongs to the wire from then on.
      feed(Buffer.from(bytes.subarray(from, end)));
      from = end;
    }
  }

  #sessionFor(random: Random): GovernedSession {
    if (this.#session !== undefined && !random.once(12)) return this.#session;
    this.#session?.close('the fuzzer has had enough');
    this.sessions += 1;
    // What was recorded and still waited for the disk was not sent.
    this.#intents = [];
    this.#deprecateEof = random.once(2);
    this.#awaitsAnswer = false;
    const opened: GovernedSession = this.#governor.openSession(
      {
        mode: 'proxy',
        server: 'h:3306',
        driver: 'fuzz',
        deprecateEof: this.#deprecateEof,
        queryAttributes: random.once(2),
        extendedMetadata: random.once(4),
      },
      {
        toServer: (bytes, startsCommand) => this.#sent(bytes, startsCommand),
        toClient: () => undefined,
        caller: () => ({ identity: this.#identity, taskId: undefined, assertions: undefined, origin: undefined }),
        stopStatement: () => Promise.resolve(),
        fail: () => {
          if (this.#session === opened) this.#session = undefined;
        },
      },
    );
    this.#session = opened;
    return opened;
  }

  /** Something reaches the server: is it what was recorded? */
  #sent(bytes: Buffer, startsCommand: boolean): void {
    this.#awaitsAnswer = true;
    if (!startsCommand) return;
    const command = bytes[4] ?? -1;
    const sent = bytes.toString('latin1', 5);
    if (sent.includes('/* countersign: session state */ SELECT @@version')) {
      this.#asksState = true;
      return;
    }
    this.forwarded += 1;
    if (!RECORDED.has(command)) return;
    const intents = this.#intents;
    this.#intents = [];
    if (intents.length === 0) this.#failed(`command ${command} was sent without a record: ${JSON.stringify(sent)}`);
    if (command !== Command.QUERY && command !== Command.STMT_PREPARE) return;
    const strange = intents.find((text) => !sent.includes(text));
    if (strange !== undefined) this.#failed(`${JSON.stringify(strange)} was recorded, ${JSON.stringify(sent)} sent`);
  }

  #failed(what: string): void {
    this.failures.push(`${this.at}: ${what}`);
  }
}

function spoil(random: Random, whole: Buffer): Buffer {
  let bytes = Buffer.from(whole);
  for (let left = random.pick([0, 0, 0, 1, 1, 3]); left > 0; left -= 1) bytes = spoilOnce(random, bytes);
  return bytes;
}

function spoilOnce(random: Random, bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = random.below(16);
  switch (random.below(6)) {
    case 0:
      if (at < bytes.length) bytes[at] = random.pick(INTERESTING);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.below(256);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length))]);
    case 4:
      return Buffer.concat([bytes, Buffer.from(random.pick(CLIENT_PACKETS))]);
    default:
      // A header that lies, by little or by much.
      if (bytes.length >= 3) bytes.writeUIntLE(random.once(8) ? 0xff_ff_ff : random.below(300), 0, 3);
      return bytes;
  }
}
