import { messageOf } from '../message-of.js';
import { Alarm } from './alarm.js';
import type { AuditLogger } from './audit-logger.js';
import { backoffMs } from './backoff.js';
import { keepDeadLetter } from './dead-letters.js';
import { CursorLog, type DeliveryCursor } from './delivery-cursor.js';
import { type DiskReserve, isDiskFull } from './disk-reserve.js';
import type { JournalSegments } from './journal-segments.js';
import type { JournalSealer } from './seal/journal-sealer.js';
import type { RemoteAcks } from './remote-acks.js';
import type { JournalTree } from './merging/journal-tree.js';
import type { Merger } from './merging/merger.js';
import type { BatchLimits, StreamBatch } from './merging/record-stream.js';
import type { SendResult, Transport } from './transport.js';

/** Figures of one transport, over all journals. */
export interface DeliveryFigures {
  /** Records accepted since the start, the repeated ones included. */
  accepted: number;
  /** Records that went to the dead letters. */
  rejected: number;
  /** Batches that were not accepted at a try. */
  retries: number;
  /** Milliseconds since the epoch when a batch was last accepted. */
  lastAcceptedMs: number | undefined;
  /** Why the last try failed; undefined after one that did not. */
  problem: string | undefined;
}

/** Options of {@link Delivery}. */
export interface DeliveryOptions {
  /** The audit directory, where dead letters go. */
  readonly directory: string;
  readonly segments: JournalSegments;
  readonly sealer: JournalSealer;
  /** Over all records of the journal. */
  readonly tree: JournalTree;
  readonly merger: Merger;
  readonly reserve: DiskReserve | undefined;
  readonly transport: Transport;
  readonly cursor: DeliveryCursor;
  readonly limits: BatchLimits;
  /** How long a batch that is not full may wait for more, in milliseconds. */
  readonly maxAgeMs: number;
  readonly figures: DeliveryFigures;
  /** Where statements wait for this receiver. */
  readonly acks: RemoteAcks | undefined;
  readonly logger: AuditLogger;
}

/** Takes one journal to one transport: in order, at least once, for as long as it takes. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #alarm = new Alarm();
  readonly #log: CursorLog;
  #cursor: DeliveryCursor;
  /** Waits for a batch to be filled. */
  #isFilling = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#log = new CursorLog(options.segments.place.path, options.transport.name);
    if (options.acks !== undefined) options.acks.onAwaited = () => this.#hurryAwaited();
    options.segments.reached(options.transport.name, options.cursor);
  }

  /** Ends a wait: after the journal was sealed, a batch is not to wait to be filled. */
  hurry(): void {
    this.#alarm.ring();
  }

  /**
   * Delivers until the journal is sealed and at its end, or until the signal is aborted.
   * @returns whether everything was delivered
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const { logger, transport, segments } = this.#options;
    const wake = (): void => this.#alarm.ring();
    signal.addEventListener('abort', wake);
    try {
      for (let failures = 1; !signal.aborted; failures++) {
        try {
          return await this.#deliver(signal);
        } catch (err) {
          if (signal.aborted) return false;
          logger.error(
            { err, transport: transport.name, journal: segments.place.path },
            'audit delivery failed, trying again',
          );
          await this.#alarm.sleep(backoffMs(failures));
        }
      }
      return false;
    } finally {
      signal.removeEventListener('abort', wake);
      this.#log.close();
    }
  }

  async #deliver(signal: AbortSignal): Promise<boolean> {
    const { segments, sealer, limits, merger, tree } = this.#options;
    const stream = merger.open(segments, this.#cursor, tree);
    try {
      while (!signal.aborted) {
        const { sealed } = segments;
        const { closed } = sealer;
        const batch = await stream.next(limits);
        sealer.markIfDue();
        await this.#take(batch, signal);
        if (batch.full) continue;
        if (sealed && closed) return true;
        await (sealed ? sealer.close() : this.#rest());
      }
      return false;
    } finally {
      await stream.close();
    }
  }

  async #take(batch: StreamBatch, signal: AbortSignal): Promise<void> {
    const { directory, segments, transport, logger } = this.#options;
    for (const line of batch.damaged) {
      const path = await keepDeadLetter(directory, transport.name, line);
      logger.error({ journal: segments.place.path, path }, 'audit journal: a line is damaged, it was set aside');
    }
    if (batch.records.length > 0) await this.#send(batch.records, batch.firstSeq, signal);
    const movedOn = batch.cursor.segment !== this.#cursor.segment;
    if (batch.records.length > 0 || movedOn) {
      await this.#save(batch.cursor, movedOn);
      this.#cursor = batch.cursor;
    }
    segments.reached(transport.name, batch.cursor);
    if (segments.discardable) await segments.discard();
  }

  /** On a full disk, in the room that is kept for it: then what is delivered can go. */
  async #save(cursor: DeliveryCursor, sync: boolean): Promise<void> {
    try {
      await this.#log.save(cursor, sync);
    } catch (error) {
      if (!isDiskFull(error) || this.#options.reserve?.release() !== true) throw error;
      await this.#log.save(cursor, sync);
    }
  }

  /** Sends records until they are accepted; halves what is rejected until the one record is found. */
  async #send(records: readonly Buffer[], firstSeq: number, signal: AbortSignal): Promise<void> {
    const { figures, transport, segments, logger } = this.#options;
    const id = `${segments.place.writerId}-${firstSeq}-${records.length}`;
    for (let attempt = 1; ; attempt++) {
      const result = await this.#try(id, records, signal);
      signal.throwIfAborted();
      if (result.status === 'accepted') {
        this.#accepted(records, result.warning);
        return;
      }
      figures.problem = result.reason;
      figures.retries++;
      if (result.status === 'rejected') {
        await this.#divide(records, firstSeq, result.reason, signal);
        return;
      }
      const waitMs = backoffMs(attempt, result.afterMs);
      logger.warn(
        { transport: transport.name, reason: result.reason, attempt, waitMs },
        'audit batch not delivered, trying again',
      );
      await this.#alarm.sleep(waitMs);
      signal.throwIfAborted();
    }
  }

  /** A transport that does not heed the signal must not keep the trail from closing. */
  async #try(id: string, records: readonly Buffer[], signal: AbortSignal): Promise<SendResult> {
    let stop: () => void = () => undefined;
    const aborted = new Promise<SendResult>((resolve) => {
      stop = () => resolve({ status: 'retry', reason: 'the trail closes' });
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([this.#options.transport.send({ id, records }, signal), aborted]);
    } catch (error) {
      return { status: 'retry', reason: messageOf(error) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #accepted(records: readonly Buffer[], warning: string | undefined): void {
    const { figures, transport, acks, logger } = this.#options;
    figures.accepted += records.length;
    figures.lastAcceptedMs = Date.now();
    figures.problem = undefined;
    if (warning !== undefined)
      logger.warn({ transport: transport.name, warning }, 'audit batch delivered with a warning');
    acks?.accepted(records);
  }

  async #divide(records: readonly Buffer[], firstSeq: number, reason: string, signal: AbortSignal): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    if (records.length === 1) {
      await this.#bury(first, firstSeq, reason);
      return;
    }
    const half = records.length >> 1;
    await this.#send(records.slice(0, half), firstSeq, signal);
    await this.#send(records.slice(half), firstSeq + half, signal);
  }

  async #bury(record: Buffer, seq: number, reason: string): Promise<void> {
    const { directory, figures, transport, segments, acks, logger } = this.#options;
    const path = await keepDeadLetter(directory, transport.name, record);
    figures.rejected++;
    acks?.rejected(record, reason);
    logger.error(
      { transport: transport.name, writer: segments.place.writerId, seq, reason, path },
      'audit record rejected, kept as a dead letter',
    );
  }

  /** Sleeps until there is more to read, and then until the batch is old enough. */
  async #rest(): Promise<void> {
    const { segments, transport, maxAgeMs, acks } = this.#options;
    if (segments.backlog(transport.name) === 0 && !segments.sealed) {
      segments.onceGrown(() => this.#alarm.ring());
      await this.#alarm.sleep();
    }
    if (segments.sealed || acks?.isAwaited === true) return;
    this.#isFilling = true;
    await this.#alarm.sleep(maxAgeMs);
    this.#isFilling = false;
  }

  /** A statement waits for what is to be delivered: it goes now. A back-off lasts as long as it lasts. */
  #hurryAwaited(): void {
    if (this.#isFilling) this.#alarm.ring();
  }
}
