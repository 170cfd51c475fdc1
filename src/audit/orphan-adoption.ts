import { Alarm } from './alarm.js';
import type { AuditLogger } from './audit-logger.js';
import type { CheckedAuditOptions } from './audit-options.js';
import { backoffMs } from './backoff.js';
import type { DeliveryFigures } from './delivery.js';
import { JournalCourier } from './journal-courier.js';
import { claimOrphans, type JournalPlace } from './journal-directory.js';
import { recoverJournal } from './journal-recovery.js';
import type { SpoolBudget } from './journal-segments.js';
import type { Merger } from './merging/merger.js';
import { lastCheckpoint } from './seal/journal-links.js';
import type { TrailSigning } from './seal/trail-signing.js';

/** Options of {@link OrphanAdoption}. */
export interface OrphanAdoptionOptions {
  readonly options: CheckedAuditOptions;
  readonly signing: TrailSigning;
  readonly merger: Merger;
  readonly ownerId: string;
  readonly budget: SpoolBudget;
  readonly figures: ReadonlyMap<string, DeliveryFigures>;
  readonly logger: AuditLogger;
  readonly signal: AbortSignal;
}

/** Takes over the journals of processes that died, recovers them and brings them home. */
export class OrphanAdoption {
  readonly #given: OrphanAdoptionOptions;
  readonly #couriers = new Set<JournalCourier>();
  readonly #running = new Set<Promise<void>>();

  constructor(given: OrphanAdoptionOptions) {
    this.#given = given;
  }

  /** The journals that are being delivered. */
  get couriers(): Iterable<JournalCourier> {
    return this.#couriers;
  }

  /** Looks for orphans once. Resolves when they are claimed; their recovery and delivery go on. */
  async sweep(): Promise<void> {
    const { options, ownerId, logger, signal } = this.#given;
    if (signal.aborted) return;
    for (const place of await claimOrphans(options.directory, ownerId)) {
      logger.info({ journal: place.path }, 'audit journal of an ended process taken over');
      const task = this.#adopt(place).finally(() => this.#running.delete(task));
      this.#running.add(task);
    }
  }

  /** Resolves when every orphan is delivered or given up because of the signal. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #adopt(place: JournalPlace): Promise<void> {
    const { signal } = this.#given;
    const courier = await this.#recover(place);
    if (courier === undefined) return;
    this.#couriers.add(courier);
    if (await courier.run(signal)) this.#couriers.delete(courier);
  }

  async #recover(place: JournalPlace): Promise<JournalCourier | undefined> {
    const { budget, logger, signal } = this.#given;
    const alarm = new Alarm();
    signal.addEventListener('abort', () => alarm.ring(), { once: true });
    for (let attempt = 1; !signal.aborted; attempt++) {
      const usedBytes = budget.usedBytes;
      try {
        const segments = await recoverJournal(place, budget);
        const closed = (await lastCheckpoint(place))?.action === 'close';
        return await JournalCourier.of({ ...this.#given, segments, closed, writer: undefined });
      } catch (err) {
        budget.usedBytes = usedBytes;
        logger.error(
          { err, journal: place.path },
          'audit journal of an ended process could not be recovered, trying again',
        );
        await alarm.sleep(backoffMs(attempt + 5));
      }
    }
    return undefined;
  }
}
