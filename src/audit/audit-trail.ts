import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { FailureError } from '../errors.js';
import { silentLogger, type AuditLogger } from './audit-logger.js';
import {
  checkAuditOptions,
  nobodyAcknowledges,
  type AuditTrailOptions,
  type CheckedAuditOptions,
} from './audit-options.js';
import { type Durability, strongest } from './durability.js';
import type { DeliveryFigures } from './delivery.js';
import { flushAtExit, forgetAtExit } from './exit-flush.js';
import { JournalCourier } from './journal-courier.js';
import { DiskReserve } from './disk-reserve.js';
import { journalPlace, releaseOrphans } from './journal-directory.js';
import { createJournalOwner, type JournalOwner } from './journal-owner.js';
import { endOpenIntents } from './journal-recovery.js';
import { JournalSegments, SpoolBudget } from './journal-segments.js';
import { type JournalWaiter, JournalWriter } from './journal-writer.js';
import { OrphanAdoption } from './orphan-adoption.js';
import { Merger } from './merging/merger.js';
import { RemoteAcks } from './remote-acks.js';
import type { RecordType } from './record.js';
import { TrailSigning } from './seal/trail-signing.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

const SWEEP_MS = 30_000;
const PRESENCE_CHECK_MS = 1000;
const RETRY_WRITING_MS = 50;

/** How far one transport has come. */
export interface TransportStats extends Readonly<DeliveryFigures> {
  readonly name: string;
  /** Bytes of journal that it has still to get, those of ended processes and those that are not written yet included. */
  readonly pendingBytes: number;
}

/** Figures of an audit trail. */
export interface AuditTrailStats {
  /** Id of the journal that this process writes. */
  readonly writerId: string;
  /** The public key that checkpoints are signed with: Ed25519, 32 bytes in base64. Give it to `countersign verify --key`. */
  readonly signingKey: string;
  /** Bytes on disk, and how many there may be. */
  readonly usedBytes: number;
  readonly maxBytes: number;
  /** Whether a record did not fit, and nothing was delivered since. */
  readonly isFull: boolean;
  /** Statements whose outcome is awaited. */
  readonly openIntents: number;
  readonly transports: readonly TransportStats[];
}

/** The audit trail of a process: written to disk before a statement runs, delivered to every transport afterwards. */
export interface AuditTrail {
  /**
   * Records that a statement is about to run. It may be sent when that is written: see {@link onceWritten}.
   * @param durability - what its record has to survive, where that is more than the trail's option says: the same as {@link onceWritten} is told
   * @returns the ticket that {@link outcome} takes
   * @throws FailureError `JOURNAL_UNAVAILABLE`: the statement must not run
   */
  intent(intent: StatementIntent, durability?: Durability): number;
  /** Records a statement that is refused; `remote` is `os` for it. @returns the id of its record. @throws FailureError `JOURNAL_UNAVAILABLE` */
  refuse(intent: StatementIntent, outcome: StatementOutcome): string;
  /**
   * Tells a waiter, at the end of this turn of the event loop or later, that what was recorded until then is as durable as the trail's
   * option says, or as is asked for here where that is more; or why it is not.
   */
  onceWritten(waiter: JournalWaiter, durability?: Durability): void;
  /** Writes now what was recorded, and tells the waiters. @throws FailureError `JOURNAL_UNAVAILABLE`: see {@link JournalWaiter} */
  flush(): void;
  /** Records how a statement ended: once for each ticket. On disk by the end of this turn of the event loop. */
  outcome(ticket: number, outcome: StatementOutcome): void;
  /**
   * Records something that is neither a statement nor a checkpoint.
   * @param members - JSON members without braces, from the encoders of fragments
   * @throws FailureError `JOURNAL_UNAVAILABLE` after {@link close}, or when the disk has been broken for very long
   */
  event(type: Exclude<RecordType, 'statement' | 'checkpoint'>, timeMicros: number, members: string): void;
  /** Whether a receiver acknowledges, so that durability `remote` can be had. */
  readonly isAcknowledged: boolean;
  /** Figures as of now. */
  stats(): AuditTrailStats;
  /**
   * Takes no more, gives statements that are still open the outcome `unknown`, and delivers until the deadline. What is left stays on disk
   * and is delivered by the next process that uses the directory.
   * @returns whether everything was delivered
   */
  close(): Promise<boolean>;
}

/**
 * Opens the audit trail of this process, and takes over what ended processes left in the directory.
 * @throws FailureError `OPTIONS_INVALID`; `JOURNAL_UNAVAILABLE` when the directory cannot be used
 * @example
 * ```ts
 * const trail = await createAuditTrail({
 *   directory: '/var/lib/agent/audit',
 *   transports: [httpTransport({ url: 'https://collector.example/v1/records', token })],
 * });
 * ```
 */
export async function createAuditTrail(options: AuditTrailOptions): Promise<AuditTrail> {
  const checked = checkAuditOptions(options);
  const logger = options.logger ?? silentLogger;
  const directory = usableDirectory(checked.directory);
  const owner = await createJournalOwner(directory);
  try {
    const trail = await DiskAuditTrail.open({ ...checked, directory }, owner, logger);
    return trail;
  } catch (error) {
    await owner.release();
    throw error;
  }
}

function usableDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return realpathSync(directory);
  } catch (cause) {
    throw new FailureError(
      'JOURNAL_UNAVAILABLE',
      `audit.directory: ${directory} cannot be made or reached; see to its path and rights`,
      {
        cause,
      },
    );
  }
}

class DiskAuditTrail implements AuditTrail {
  readonly #options: CheckedAuditOptions;
  readonly #signingKey: string;
  readonly #owner: JournalOwner;
  readonly #budget: SpoolBudget;
  readonly #figures: ReadonlyMap<string, DeliveryFigures>;
  readonly #writer: JournalWriter;
  readonly #courier: JournalCourier;
  readonly #acks: RemoteAcks | undefined;
  readonly #merger: Merger;
  readonly #adoption: OrphanAdoption;
  readonly #aborter: AbortController;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #logger: AuditLogger;
  #sweeping: Promise<void> = Promise.resolve();
  #closed: Promise<boolean> | undefined;

  static async open(options: CheckedAuditOptions, owner: JournalOwner, logger: AuditLogger): Promise<DiskAuditTrail> {
    const place = journalPlace(options.directory, randomUUID(), owner.id);
    const budget = new SpoolBudget(options.maxBytes, new DiskReserve(place.path));
    const figures = new Map(options.transports.map(({ name }) => [name, noFigures()]));
    const segments = new JournalSegments(place, new Map(), budget);
    const writer = new JournalWriter({ segments, budget, segmentBytes: options.segmentBytes });
    const signing = await TrailSigning.of(options.directory, options.signing);
    const { remote } = options;
    const acks = remote && new RemoteAcks(remote.transport, remote.deadlineMs);
    const merger = new Merger(logger);
    const given = { segments, options, figures, logger, signing, merger, budget, writer, closed: false, acks };
    const courier = await JournalCourier.of(given);
    const aborter = new AbortController();
    const { signal } = aborter;
    const adoption = new OrphanAdoption({
      options,
      signing,
      merger,
      ownerId: owner.id,
      budget,
      figures,
      logger,
      signal,
    });
    await courier.sealer.open();
    await writeFirst(writer, options.directory);
    await adoption.sweep();
    return new DiskAuditTrail({
      options,
      signing,
      owner,
      logger,
      budget,
      figures,
      writer,
      courier,
      acks,
      merger,
      aborter,
      adoption,
    });
  }

  private constructor(parts: {
    options: CheckedAuditOptions;
    signing: TrailSigning;
    owner: JournalOwner;
    logger: AuditLogger;
    budget: SpoolBudget;
    figures: ReadonlyMap<string, DeliveryFigures>;
    writer: JournalWriter;
    courier: JournalCourier;
    acks: RemoteAcks | undefined;
    merger: Merger;
    aborter: AbortController;
    adoption: OrphanAdoption;
  }) {
    this.#options = parts.options;
    this.#signingKey = parts.signing.publicKey;
    this.#owner = parts.owner;
    this.#logger = parts.logger;
    this.#budget = parts.budget;
    this.#figures = parts.figures;
    this.#writer = parts.writer;
    this.#courier = parts.courier;
    this.#acks = parts.acks;
    this.#merger = parts.merger;
    this.#adoption = parts.adoption;
    this.#aborter = parts.aborter;
    this.#timers = [
      setInterval(() => this.#checkPresence(), PRESENCE_CHECK_MS).unref(),
      setInterval(() => this.#sweep(), SWEEP_MS).unref(),
      setInterval(() => this.#courier.sealer.mark(), parts.options.signing.everyMs).unref(),
    ];
    flushAtExit(this.#writer);
    void this.#courier.run(this.#aborter.signal);
  }

  intent(intent: StatementIntent, durability?: Durability): number {
    return this.#writer.intent(intent, this.#strongest(durability) === 'remote');
  }

  refuse(intent: StatementIntent, outcome: StatementOutcome): string {
    return this.#writer.refuse(intent, outcome);
  }

  onceWritten(waiter: JournalWaiter, durability?: Durability): void {
    const announced = this.#writer.takeAnnounced();
    const behind = announced.length === 0 ? waiter : this.#requireAcks().before(waiter, announced);
    // What is acknowledged elsewhere is also on the disk where all is to be.
    this.#writer.onceWritten(behind, durability === 'disk' || this.#options.durability === 'disk');
  }

  #strongest(durability: Durability | undefined): Durability {
    return durability === undefined ? this.#options.durability : strongest([durability, this.#options.durability]);
  }

  #requireAcks(): RemoteAcks {
    if (this.#acks === undefined) throw nobodyAcknowledges('durability');
    return this.#acks;
  }

  flush(): void {
    this.#writer.flush();
  }

  outcome(ticket: number, outcome: StatementOutcome): void {
    this.#writer.outcome(ticket, outcome);
  }

  event(type: Exclude<RecordType, 'statement' | 'checkpoint'>, timeMicros: number, members: string): void {
    this.#writer.event(type, timeMicros, members);
  }

  get isAcknowledged(): boolean {
    return this.#acks !== undefined;
  }

  stats(): AuditTrailStats {
    const journals = [this.#courier.segments, ...[...this.#adoption.couriers].map((courier) => courier.segments)];
    return {
      writerId: this.#courier.segments.place.writerId,
      signingKey: this.#signingKey,
      usedBytes: this.#budget.usedBytes,
      maxBytes: this.#budget.maxBytes,
      isFull: this.#budget.isFull,
      openIntents: this.#writer.openIntents,
      transports: [...this.#figures].map(([name, figures]) => ({
        name,
        ...figures,
        pendingBytes: journals.reduce((sum, segments) => sum + segments.backlog(name), this.#writer.waitingBytes),
      })),
    };
  }

  close(): Promise<boolean> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<boolean> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#sweeping;
    await this.#courier.sealer.endMarks();
    this.#acks?.close();
    const deadline = setTimeout(() => this.#aborter.abort(), this.#options.drainDeadlineMs);
    await this.#endWriting();
    const couriers = [this.#courier, ...this.#adoption.couriers];
    for (const courier of couriers) courier.hurry();
    const complete = await this.#courier.run(this.#aborter.signal);
    await this.#adoption.settled();
    clearTimeout(deadline);
    await this.#merger.close();
    await Promise.allSettled(this.#options.transports.map((transport) => transport.close?.()));
    await this.#owner.release();
    return complete && [...this.#adoption.couriers].length === 0;
  }

  /**
   * Writes the last outcomes. On a full disk, delivery makes room for them; where they cannot be written until the deadline, the journal stays,
   * and the next process finds out what has no outcome.
   */
  async #endWriting(): Promise<void> {
    const { segments } = this.#courier;
    const { signal } = this.#aborter;
    const open = this.#writer.openIntents;
    forgetAtExit(this.#writer);
    for (;;) {
      try {
        this.#writer.close();
        if (open > 0) await endOpenIntents(segments);
        segments.seal();
        return;
      } catch (err) {
        if (signal.aborted) {
          const where = { err, journal: segments.place.path };
          this.#logger.error(where, 'audit journal: the last outcomes could not be written');
          this.#writer.giveUp();
          return;
        }
        await sleep(RETRY_WRITING_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #checkPresence(): void {
    this.#writer.checkPresence();
    this.#budget.reserve?.checkPresence();
  }

  #sweep(): void {
    this.#sweeping = this.#adoption.sweep().catch((err: unknown) => {
      this.#logger.warn(
        { err, directory: this.#options.directory },
        'audit directory could not be searched for journals of ended processes',
      );
    });
  }
}

/** On a disk without any room, there is what journals of ended processes have kept. */
async function writeFirst(writer: JournalWriter, directory: string): Promise<void> {
  try {
    writer.flush();
  } catch (error) {
    if (!(await releaseOrphans(directory))) throw error;
    writer.flush();
  }
}

function noFigures(): DeliveryFigures {
  return { accepted: 0, rejected: 0, retries: 0, lastAcceptedMs: undefined, problem: undefined };
}
