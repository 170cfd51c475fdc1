import type { AuditLogger } from './audit-logger.js';
import type { CheckedAuditOptions } from './audit-options.js';
import { type DeliveryCursor, loadCursors, START, startingCursor } from './delivery-cursor.js';
import { Delivery, type DeliveryFigures } from './delivery.js';
import type { JournalSegments, SpoolBudget } from './journal-segments.js';
import { JournalTree } from './merging/journal-tree.js';
import type { Merger } from './merging/merger.js';
import type { RemoteAcks } from './remote-acks.js';
import { type CheckpointWriter, JournalSealer } from './seal/journal-sealer.js';
import type { TreeFrontier } from './seal/merkle-tree.js';
import type { TrailSigning } from './seal/trail-signing.js';

/** Options of {@link JournalCourier}. */
export interface JournalCourierOptions {
  readonly segments: JournalSegments;
  readonly options: CheckedAuditOptions;
  readonly figures: ReadonlyMap<string, DeliveryFigures>;
  readonly signing: TrailSigning;
  readonly merger: Merger;
  readonly budget: SpoolBudget;
  /** The journal's writer; undefined where nobody writes it any more. */
  readonly writer: CheckpointWriter | undefined;
  /** Whether its last checkpoint is in the journal. */
  readonly closed: boolean;
  /** Where statements wait for what is delivered of it. */
  readonly acks?: RemoteAcks | undefined;
  readonly logger: AuditLogger;
}

/** Takes one journal to every transport, and removes it when it is sealed and all have everything. */
export class JournalCourier {
  readonly segments: JournalSegments;
  readonly sealer: JournalSealer;
  readonly #deliveries: readonly Delivery[];
  #done: Promise<boolean> | undefined;

  private constructor(segments: JournalSegments, sealer: JournalSealer, deliveries: readonly Delivery[]) {
    this.segments = segments;
    this.sealer = sealer;
    this.#deliveries = deliveries;
  }

  /** @throws FailureError `JOURNAL_CORRUPT` when it is not known where to go on */
  static async of(given: JournalCourierOptions): Promise<JournalCourier> {
    const { segments, options, figures, merger, budget, acks, logger } = given;
    const cursors = await loadCursors(segments.place.path);
    const { directory, signing } = options;
    const { everyRecords } = signing;
    const tree = new JournalTree(largestTree(cursors.values()));
    const sealer = new JournalSealer({ ...given, directory, everyRecords, tree });
    const deliveries = options.transports.flatMap((transport) => {
      const ours = figures.get(transport.name);
      if (ours === undefined) return [];
      return new Delivery({
        directory: options.directory,
        segments,
        sealer,
        tree,
        merger,
        reserve: budget.reserve,
        transport,
        cursor: startingCursor(segments, transport.name, cursors),
        limits: { maxRecords: options.batchRecords, maxBytes: options.batchBytes },
        maxAgeMs: options.batchAgeMs,
        figures: ours,
        acks: acks?.transport === transport.name ? acks : undefined,
        logger,
      });
    });
    return new JournalCourier(segments, sealer, deliveries);
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

/** The transport that is ahead has counted the most. */
function largestTree(cursors: Iterable<DeliveryCursor>): TreeFrontier {
  return [START, ...cursors].map(({ tree }) => tree).reduce((most, tree) => (tree.size > most.size ? tree : most));
}
