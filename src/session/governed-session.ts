import type { JournalWaiter } from '../audit/index.js';
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

interface DecidedCommand {
  readonly packet: ClientPacket;
  readonly decision: CommandDecision;
}

/**
 * The governed wire: one per connection, between the bytes of a client and the bytes of a server. Commands go to the server one at
 * a time, in the client's order: one that comes while another is being answered is held, because the answer may change how it has to
 * be read. Opens no socket.
 */
export class GovernedSession implements JournalWaiter {
  readonly #policy: SessionPolicy;
  readonly #origin: SessionOrigin;
  readonly #edges: SessionEdges;
  readonly #assembler: CommandAssembler;
  readonly #recorder: StatementRecorder;
  readonly #context: SessionContext;
  readonly #governor: CommandGovernor;
  readonly #watcher: ResultWatcher;
  readonly #reader: ResponseReader;
  /** The command that waits for its record to be written. */
  #waiting: DecidedCommand | undefined;
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
    while (!this.#closed && this.#isFree && this.#held.length > 0) {
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
    const decision = this.#waiting?.decision;
    if (decision?.action === 'forward') decision.running.notSent(reason);
    this.#waiting = undefined;
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
    if (this.#isFree && this.#held.length === 0) this.#guard(command);
    else this.#hold(command);
  }

  #hold(command: HeldCommand): void {
    this.#heldBytes += command.packet.payload.length;
    if (this.#heldBytes > this.#policy.maxPacketBytes) {
      throw new FailureError('PACKET_TOO_LARGE', 'too much is written ahead of its answers: read them first');
    }
    this.#held.push(command);
  }

  /** No command is being answered, nor waits for its record. */
  get #isFree(): boolean {
    return this.#waiting === undefined && this.#reader.idle;
  }

  #guard(held: HeldCommand): void {
    const decision = this.#decide(held);
    if (decision === undefined) this.#askState(held);
    else if (decision.recorded) {
      this.#waiting = { packet: held.packet, decision };
      this.#policy.trail.onceWritten(this);
    } else this.#carryOut(held.packet, decision);
  }

  /** @internal The command's record is written, or could not be: then the command does not go. */
  written(error: FailureError | undefined): void {
    const waiting = this.#waiting;
    if (this.#closed || waiting === undefined) return;
    this.#waiting = undefined;
    try {
      this.#carryOut(waiting.packet, error === undefined ? waiting.decision : refusalOf(error));
    } catch (failure) {
      this.#fail(failure);
    }
  }

  #carryOut(packet: ClientPacket, decision: CommandDecision): void {
    switch (decision.action) {
      case 'pass':
        this.#send(packet, true);
        break;
      case 'forward':
        this.#reader.expect(decision.kind, decision.inspects, decision.fetchRewriter);
        this.#watcher.start(decision.running);
        decision.running.sent();
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
      return refusalOf(error);
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

/** The answer where a command could not be judged or recorded. */
function refusalOf(error: unknown): CommandDecision {
  const code = isCountersignError(error) ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  return { action: 'refuse', recorded: false, code, message: `Countersign refused this statement: ${message}` };
}
