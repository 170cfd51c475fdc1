import type { AuditLogger } from './audit-logger.js';
import type { CheckedAuditOptions } from './audit-options.js';
import { loadCursors, startingCursor } from './delivery-cursor.js';
import { Delivery, type DeliveryFigures } from './delivery.js';
import type { JournalSegments } from './journal-segments.js';

/** Takes one journal to every transport, and removes it when it is sealed and all have everything. */
export class JournalCourier {
  readonly segments: JournalSegments;
  readonly #deliveries: readonly Delivery[];
  #done: Promise<boolean> | undefined;

  private constructor(segments: JournalSegments, deliveries: readonly Delivery[]) {
    this.segments = segments;
    this.#deliveries = deliveries;
  }

  /** @throws FailureError `JOURNAL_CORRUPT` when it is not known where to go on */
  static async of(
    segments: JournalSegments,
    options: CheckedAuditOptions,
    figures: ReadonlyMap<string, DeliveryFigures>,
    logger: AuditLogger,
  ): Promise<JournalCourier> {
    const cursors = await loadCursors(segments.place.path);
    const deliveries = options.transports.flatMap((transport) => {
      const ours = figures.get(transport.name);
      if (ours === undefined) return [];
      return new Delivery({
        directory: options.directory,
        segments,
        transport,
        cursor: startingCursor(segments, transport.name, cursors),
        limits: { maxRecords: options.batchRecords, maxBytes: options.batchBytes },
        maxAgeMs: options.batchAgeMs,
        figures: ours,
        logger,
      });
    });
    return new JournalCourier(segments, deliveries);
  }

  /** Begins, once. The promise tells whether everything was delivered. */
  run(signal: AbortSignal): Promise<boolean> {
    this.#done ??= this.#run(signal);
    return this.#done;
  }

  /** Ends the waits of batches that are not full. */
  hurry(): void {
    for (const delivery of this.#deliveries) delivery.hurry();
  }

  async #run(signal: AbortSignal): Promise<boolean> {
    const results = await Promise.all(this.#deliveries.map((delivery) => delivery.run(signal)));
    const complete = results.every(Boolean);
    if (complete) await this.segments.remove();
    return complete;
  }
}
