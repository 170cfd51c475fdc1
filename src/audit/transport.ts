/** Records on their way to a receiver. */
export interface RecordBatch {
  /** Stable over repeated sending of the same records: an idempotency key. */
  readonly id: string;
  /**
   * Each one record's JSON, UTF-8, without a newline. In the writer's order. At least one. Their memory is used again when the promise of
   * `send` is settled: copy what is kept longer.
   */
  readonly records: readonly Buffer[];
}

/** What became of a batch. */
export type SendResult =
  /** The receiver has it, as durably as it ever will. `warning` is logged. */
  | { readonly status: 'accepted'; readonly warning?: string }
  /** Not now: sent again after a back-off, and not before `afterMs`. */
  | { readonly status: 'retry'; readonly afterMs?: number; readonly reason: string }
  /** Never as it is: the batch is halved until the record is found that the receiver will not take; that one goes to the dead letters. */
  | { readonly status: 'rejected'; readonly reason: string };

/** Takes batches of records to a receiver. A `send` that throws counts as `retry`. */
export interface Transport {
  /** Names the cursor of this receiver: letters, digits, `-` and `_`, unique in a trail and stable over restarts. */
  readonly name: string;
  /** Whether `accepted` says that the receiver has a record: what durability `remote` asks for. False where not given. */
  readonly acknowledges?: boolean;
  /**
   * Sends one batch. Called again only after the last call ended, per journal.
   * @param signal - aborted when the trail closes
   */
  send(batch: RecordBatch, signal: AbortSignal): Promise<SendResult>;
  /** Frees what the transport holds. */
  close?(): Promise<void>;
}
