import { FailureError, isCountersignError, mysqlErrorOf } from '../errors.js';
import { type ClientPacket, CommandAssembler, frame } from '../wire/command-assembler.js';
import { buildErrPacket } from '../wire/err-packet.js';
import { ResponseReader } from '../wire/response-reader.js';
import type { Caller } from './caller.js';
import { type CommandDecision, CommandGovernor } from './command-governor.js';
import { ResultWatcher } from './result-watcher.js';
import { SessionContext } from './session-context.js';
import type { SessionEdges, SessionOrigin, SessionPolicy } from './session-options.js';
import { readSessionState, STATE_QUERY } from './session-state.js';
import { StatementRecorder } from './statement-recorder.js';

interface HeldCommand {
  readonly packet: ClientPacket;
  readonly caller: Caller | undefined;
}

/**
 * The governed wire: one per connection, between the bytes of a client and the bytes of a server. Commands go to the server one at
 * a time, in the client's order: one that comes while another is being answered is held, because the answer may change how it has to
 * be read. Opens no socket.
 */
export class GovernedSession {
  readonly #policy: SessionPolicy;
  readonly #origin: SessionOrigin;
  readonly #edges: SessionEdges;
  readonly #assembler: CommandAssembler;
  readonly #recorder: StatementRecorder;
  readonly #context: SessionContext;
  readonly #governor: CommandGovernor;
  readonly #watcher: ResultWatcher;
  readonly #reader: ResponseReader;
  #held: HeldCommand[] = [];
  #heldBytes = 0;
  /** The answer to the state query, while it is being read. */
  #stateAnswer: Buffer[] | undefined;
  /** Its `session` record is written. */
  #opened = false;
  #closed = false;

  /** @internal */
  constructor(policy: SessionPolicy, origin: SessionOrigin, edges: SessionEdges, sessionId: string) {
    this.#policy = policy;
    this.#origin = origin;
    this.#edges = edges;
    this.#recorder = new StatementRecorder(policy, origin, sessionId);
    this.#context = new SessionContext(policy.analyser, this.#recorder);
    this.#governor = new CommandGovernor(policy, origin, this.#context, this.#recorder);
    this.#watcher = new ResultWatcher(policy.masks, this.#context, policy.maxPreparedStatements);
    this.#reader = new ResponseReader(origin, this.#watcher);
    this.#assembler = new CommandAssembler(policy.maxPacketBytes, (packet) => {
      this.#onPacket(packet);
    });
  }

  /** Bytes held on both sides because they are not whole or may not go yet. */
  get heldBytes(): number {
    return this.#assembler.heldBytes + this.#reader.heldBytes + this.#heldBytes;
  }

  /** Takes bytes that the client wrote, cut anywhere. */
  fromClient(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      this.#assembler.push(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Takes bytes that the server sent, cut anywhere.
   * @returns the bytes that the client may see: the same buffer where nothing is masked; undefined where there are none
   */
  fromServer(bytes: Buffer): Buffer | undefined {
    if (this.#closed) return undefined;
    try {
      const forClient = this.#reader.push(bytes);
      if (this.#stateAnswer === undefined) return forClient.length === 0 ? undefined : forClient;
      this.#stateAnswer.push(bytes);
      if (this.#reader.idle) this.#learnState();
      return undefined;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** To be called after what `fromServer` returned has reached the client: sends on what was held for the answer. */
  release(): void {
    while (!this.#closed && this.#reader.idle && this.#held.length > 0) {
      const next = this.#held.shift();
      if (next === undefined) return;
      this.#heldBytes -= next.packet.payload.length;
      this.#guard(next);
    }
  }

  /** The connection is gone: nobody knows how what was running has ended. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    this.#heldBytes = 0;
    this.#watcher.lost(reason);
    if (!this.#opened) return;
    try {
      this.#recorder.event('close', reason);
    } catch {
      // The journal is full or closed. What the session ran is in it already.
    }
  }

  #fail(error: unknown): void {
    const failure = error instanceof Error ? error : new FailureError('INTERNAL', String(error));
    this.close(failure.message);
    this.#edges.fail(failure);
  }

  #onPacket(packet: ClientPacket): void {
    if (this.#reader.awaitsClientData) {
      if (this.#reader.awaitsFile && packet.payload.length === 0) this.#reader.fileSent();
      this.#send(packet, false);
      return;
    }
    const command = { packet, caller: this.#edges.caller() };
    if (this.#reader.idle && this.#held.length === 0) this.#guard(command);
    else this.#hold(command);
  }

  #hold(command: HeldCommand): void {
    this.#heldBytes += command.packet.payload.length;
    if (this.#heldBytes > this.#policy.maxPacketBytes) {
      throw new FailureError('PACKET_TOO_LARGE', 'too much is written ahead of its answers: read them first');
    }
    this.#held.push(command);
  }

  #guard(held: HeldCommand): void {
    const { packet } = held;
    const decision = this.#decide(held);
    switch (decision?.action) {
      case undefined:
        this.#askState(held);
        break;
      case 'pass':
        this.#send(packet, true);
        break;
      case 'forward':
        this.#reader.expect(decision.kind, decision.inspects, decision.fetchRewriter);
        this.#watcher.start(decision.running);
        this.#send(packet, true);
        break;
      case 'refuse': {
        const error = { ...mysqlErrorOf(decision.code), message: decision.message };
        this.#edges.toClient(buildErrPacket(packet.sequenceId + 1, error));
        break;
      }
    }
  }

  /** Judges and records a command: undefined where the session's state has to be asked first. What cannot be judged or recorded is refused. */
  #decide({ packet, caller }: HeldCommand): CommandDecision | undefined {
    try {
      if (this.#governor.needsState(packet.payload)) return undefined;
      return this.#governor.decide(packet.payload, caller);
    } catch (error) {
      const code = isCountersignError(error) ? error.code : 'INTERNAL';
      const message = error instanceof Error ? error.message : String(error);
      return { action: 'refuse', code, message: `Countersign refused this statement: ${message}` };
    }
  }

  #send(packet: ClientPacket, startsCommand: boolean): void {
    let starts = startsCommand;
    for (const bytes of packet.raw) {
      this.#edges.toServer(bytes, starts);
      starts = false;
    }
  }

  /** Holds a command until the server has told the session's state. */
  #askState(command: HeldCommand): void {
    this.#held.unshift(command);
    this.#heldBytes += command.packet.payload.length;
    this.#stateAnswer = [];
    this.#reader.expect('text', false);
    this.#watcher.start(undefined);
    // With CLIENT_QUERY_ATTRIBUTES, no attributes in one set.
    const attributes = this.#origin.queryAttributes ? '\x00\x01' : '';
    this.#edges.toServer(frame(Buffer.from(`\x03${attributes}${STATE_QUERY}`, 'latin1'), 0), true);
  }

  #learnState(): void {
    const answer = Buffer.concat(this.#stateAnswer ?? []);
    this.#stateAnswer = undefined;
    this.#context.learn(readSessionState(answer, this.#origin.deprecateEof));
    if (!this.#opened) this.#recorder.event('open');
    this.#opened = true;
  }
}
