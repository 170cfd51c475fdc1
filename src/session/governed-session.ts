import type { Approval } from '../approval/approver.js';
import type { JournalWaiter } from '../audit/index.js';
import { MAX_LOOK_UPS } from '../catalogue/index.js';
import { FailureError, mysqlErrorOf } from '../errors.js';
import { messageOf } from '../message-of.js';
import { type ClientPacket, CommandAssembler, frame } from '../wire/command-assembler.js';
import { buildErrPacket } from '../wire/err-packet.js';
import { buildQuery } from '../wire/query-packet.js';
import { ResponseReader } from '../wire/response-reader.js';
import { runAsNobody } from './caller.js';
import { cancelledApproval } from './cancelled-approval.js';
import { type CommandDecision, type Knowledge, type PendingCommand, refusalOf } from './command-decision.js';
import { CommandGovernor } from './command-governor.js';
import { CommandQueue, type HeldCommand } from './command-queue.js';
import { ResultWatcher } from './result-watcher.js';
import { withEstimate } from './row-estimate.js';
import { SessionContext } from './session-context.js';
import type { ServerThread, SessionEdges, SessionOrigin, SessionPolicy } from './session-options.js';
import { isInterrupted, readSessionState, READ_ONLY_QUERY, requireOk, STATE_QUERY } from './session-state.js';
import { type Actor, actorOf } from './statement-judge.js';
import { StatementRecorder } from './statement-recorder.js';
import { StatementStop } from './statement-stop.js';

/** A KILL hits once; more is somebody else's. */
const MAX_INTERRUPTIONS = 3;

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
  /** The command that waits for somebody to approve it. */
  #asking: { readonly pending: PendingCommand; readonly abort: AbortController } | undefined;
  /** A command waits for the catalogue, or for whether its token was revoked. */
  #lookingUp = false;
  readonly #stop: StatementStop;
  /** Where this connection is, as the server said. */
  #server: ServerThread = { threadId: 0, server: '' };
  /** How often the state query was hit by a KILL that came late. */
  #interrupted = 0;
  readonly #held: CommandQueue;
  /** A query of our own, while its answer is being read. */
  #own: { readonly answer: Buffer[]; readonly done: (answer: Buffer) => void } | undefined;
  /** Its `session` record is written. */
  #opened = false;
  #closed = false;

  /** @internal */
  constructor(policy: SessionPolicy, origin: SessionOrigin, edges: SessionEdges, sessionId: string) {
    this.#policy = policy;
    this.#origin = origin;
    this.#edges = edges;
    this.#held = new CommandQueue(policy.maxPacketBytes);
    this.#recorder = new StatementRecorder(policy, origin, sessionId);
    this.#context = new SessionContext(policy.analyser, this.#recorder);
    this.#governor = new CommandGovernor(policy, origin, this.#context, this.#recorder);
    this.#stop = new StatementStop({
      stop: () => edges.stopStatement?.(this.#server) ?? Promise.reject(new Error('there is no other connection')),
      isAnswered: () => this.#reader.idle,
      onStopped: () => {
        this.#context.askAgain();
        if (this.#reader.idle) this.release();
      },
      onOverdue: () => this.#watcher.onLimit('duration'),
      fail: (error) => this.#fail(error),
    });
    this.#watcher = new ResultWatcher(policy, this.#context, this.#stop.stop);
    this.#reader = new ResponseReader(origin, this.#watcher);
    this.#assembler = new CommandAssembler(policy.maxPacketBytes, (packet) => {
      this.#onPacket(packet);
    });
  }

  /** Bytes held on both sides because they are not whole or may not go yet. */
  get heldBytes(): number {
    return this.#assembler.heldBytes + this.#reader.heldBytes + this.#held.bytes;
  }

  /** Commands are held because another one is being answered: who can, reads no more from the client until they are gone. */
  get isBehind(): boolean {
    return !this.#held.isEmpty;
  }

  /** No command is being answered, or waits for anything. */
  get isIdle(): boolean {
    return this.#isFree && this.#held.isEmpty;
  }

  /** It is between two commands, and COM_RESET_CONNECTION takes away what it has left on the server. */
  get isResettable(): boolean {
    return this.isIdle && !this.#context.ranUnknown;
  }

  /** Where a statement runs now, to have it stopped; undefined where none does. */
  get running(): ServerThread | undefined {
    return this.#reader.idle ? undefined : this.#server;
  }

  /** A transaction is open. */
  get inTransaction(): boolean {
    return this.#context.inTransaction;
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
      if (this.#reader.idle) this.#stop.endTimer();
      const own = this.#own;
      if (own === undefined) return forClient.length === 0 ? undefined : forClient;
      own.answer.push(bytes);
      if (this.#reader.idle) {
        this.#own = undefined;
        own.done(Buffer.concat(own.answer));
      }
      return undefined;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** The client is gone: nothing more is sent for it, and what runs is watched to its end. */
  abandon(reason: string): void {
    this.#held.clear();
    this.#cancelApproval();
    const decision = this.#waiting?.decision;
    this.#waiting = undefined;
    if (decision?.action === 'forward') decision.running.notSent(reason);
  }

  /** To be called after what `fromServer` returned has reached the client: sends on what was held for the answer. */
  release(): void {
    while (!this.#closed && this.#isFree) {
      const next = this.#held.shift();
      if (next === undefined) return;
      this.#guard(next);
    }
  }

  /** The connection is gone: nobody knows how what was running has ended. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop.close();
    this.#watcher.lost(reason);
    this.abandon(reason);
    if (!this.#opened) return;
    try {
      this.#recorder.event('close', this.#owner(), reason);
    } catch {
      // The journal is full or closed. What the session ran is in it already.
    }
  }

  /** Whose the session is; undefined of an embedded one, on which anybody in the process may run a statement. */
  #owner(): Actor | undefined {
    return this.#origin.mode === 'proxy' ? actorOf(this.#edges.caller(), this.#policy) : undefined;
  }

  #fail(error: unknown): void {
    const failure = error instanceof Error ? error : new FailureError('INTERNAL', messageOf(error));
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
    if (this.#isFree && this.#held.isEmpty) this.#guard(command);
    else this.#held.push(command);
  }

  /** No command is being answered or stopped, nor waits for its record or for an approval. */
  get #isFree(): boolean {
    return (
      this.#waiting === undefined &&
      this.#asking === undefined &&
      !this.#lookingUp &&
      !this.#stop.isStopping &&
      this.#reader.idle
    );
  }

  /** @param lookUps how often more was found out for it */
  #guard(held: HeldCommand, lookUps = 0): void {
    const decision = this.#decide(held);
    if (decision === undefined) this.#askState(held);
    else if (decision.action === 'ask') this.#ask(held, decision.pending);
    else if (decision.action === 'look-up') this.#lookUp(held, decision.source, lookUps);
    else this.#carryOutRecorded(held.packet, decision);
  }

  /** Holds a command until more is known, and then judges it. */
  #lookUp(held: HeldCommand, source: Knowledge, lookUps: number): void {
    if (lookUps === MAX_LOOK_UPS) {
      source.giveUp?.();
      this.#guard(held);
      return;
    }
    this.#lookingUp = true;
    runAsNobody(() => source.load())
      .then(() => {
        this.#lookingUp = false;
        if (!this.#closed) this.#guard(held, lookUps + 1);
      })
      .catch((error: unknown) => this.#fail(error));
  }

  /** Carries a decision out when its record is written. */
  #carryOutRecorded(packet: ClientPacket, decision: CommandDecision): void {
    if (decision.recorded) {
      this.#waiting = { packet, decision };
      this.#policy.trail.onceWritten(this, decision.action === 'forward' ? decision.durability : undefined);
    } else this.#carryOut(packet, decision);
  }

  /**
   * Holds a command until somebody has decided about it. Then it is judged again: its identity may have expired meanwhile, and another rule may
   * want an approval as well.
   */
  #ask(held: HeldCommand, pending: PendingCommand): void {
    const { approvals } = this.#policy;
    if (approvals === undefined) throw new FailureError('INTERNAL', 'nobody can be asked for an approval');
    if (!this.#recordApproval(held.packet, pending)) return;
    const abort = new AbortController();
    this.#asking = { pending, abort };
    // Without a catalogue it is not known what views and routines do.
    const ask = this.#policy.estimatesRows && this.#context.catalogue ? this.#edges.asker?.() : undefined;
    runAsNobody(async () => approvals.ask(await withEstimate(pending, this.#context.state, ask), abort.signal))
      .then((approval) => {
        if (this.#closed) return;
        this.#asking = undefined;
        if (!this.#recordApproval(held.packet, pending, approval)) return;
        if (approval.decision === 'approved') this.#guard({ ...held, approvals: [...pending.approvals, approval] });
        else this.#carryOutRecorded(held.packet, this.#refuseUnapproved(pending, approval));
      })
      .catch((error: unknown) => this.#fail(error));
  }

  /** Whether it is recorded that somebody is asked, or has answered: what cannot be recorded is refused. */
  #recordApproval(packet: ClientPacket, { actor, request }: PendingCommand, approval?: Approval): boolean {
    try {
      this.#recorder.approval(actor, request, approval);
      return true;
    } catch (error) {
      this.#carryOut(packet, refusalOf(error));
      return false;
    }
  }

  #refuseUnapproved(pending: PendingCommand, approval: Approval): CommandDecision {
    try {
      return this.#governor.notApproved(pending, approval);
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** Nobody waits any more for what was asked. */
  #cancelApproval(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    this.#asking = undefined;
    asking.abort.abort();
    const approval = cancelledApproval(asking.pending.request, 'the connection was lost');
    try {
      this.#recorder.approval(asking.pending.actor, asking.pending.request, approval);
      this.#governor.notApproved(asking.pending, approval);
    } catch {
      // The journal is full or closed, and the statement did not run.
    }
  }

  /** @internal The command's record is written, or could not be: then the command does not go. */
  written(error: FailureError | undefined, isKept: boolean): void {
    const waiting = this.#waiting;
    if (this.#closed || waiting === undefined) return;
    this.#waiting = undefined;
    try {
      const { decision } = waiting;
      if (error !== undefined && isKept && decision.action === 'forward') decision.running.notSent(error.message);
      this.#carryOut(waiting.packet, error === undefined ? waiting.decision : refusalOf(error));
    } catch (failure) {
      this.#fail(failure);
    }
  }

  #carryOut(packet: ClientPacket, decision: CommandDecision): void {
    switch (decision.action) {
      case 'drop':
        break;
      case 'pass':
        this.#send(packet, true);
        break;
      case 'forward':
        this.#reader.expect(decision.kind, decision.inspects, decision.fetchRewriter, decision.running.resultLimits);
        this.#watcher.start(decision.running);
        this.#stop.startTimer(decision.running.limits?.maxDurationMs);
        decision.running.sent();
        if (decision.tagged === undefined) this.#send(packet, true);
        else this.#edges.toServer(frame(decision.tagged, packet.raw[0]?.[3] ?? 0), true);
        break;
      case 'ask':
      case 'look-up':
        throw new FailureError('INTERNAL', 'a command that waits is carried out');
      case 'refuse': {
        const error = { ...mysqlErrorOf(decision.details.code), message: decision.message };
        this.#edges.toClient(buildErrPacket(packet.sequenceId + 1, error), decision.details);
        break;
      }
    }
  }

  /** Judges and records a command: undefined where the session's state has to be asked first. What cannot be judged or recorded is refused. */
  #decide({ packet, caller, approvals }: HeldCommand): CommandDecision | undefined {
    try {
      if (this.#governor.needsState(packet.payload)) return undefined;
      return this.#governor.decide(packet, caller, approvals);
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
    this.#askServer(STATE_QUERY, this.#learnState);
  }

  /** Sends a query of our own, whose answer the client does not see. */
  #askServer(query: string, done: (answer: Buffer) => void): void {
    this.#own = { answer: [], done };
    this.#reader.expect('text', false);
    this.#watcher.start(undefined);
    this.#edges.toServer(frame(buildQuery(query, this.#origin.queryAttributes), 0), true);
  }

  readonly #learnState = (answer: Buffer): void => {
    if (isInterrupted(answer) && this.#interrupted < MAX_INTERRUPTIONS) {
      this.#interrupted += 1;
      return;
    }
    this.#interrupted = 0;
    const state = readSessionState(answer, this.#origin.deprecateEof);
    this.#server = state;
    this.#context.learn(state);
    const ask = this.#policy.catalogues && this.#edges.asker?.();
    this.#context.catalogue = ask && this.#policy.catalogues?.open(this.#origin.server, state.user, ask);
    if (!this.#opened) this.#recorder.event('open', this.#owner());
    this.#opened = true;
    if (this.#policy.serverReadOnly) this.#askServer(READ_ONLY_QUERY, requireOk);
  };
}
