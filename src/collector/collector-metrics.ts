import { Counter, Gauge, Registry } from 'prom-client';

import type { BatchProblem } from './ingest/read-batch.js';
import type { RecordStore, StoreResult } from './store/record-store.js';

/** What the collector counts, for Prometheus. */
export class CollectorMetrics {
  readonly #registry: Registry = new Registry();
  readonly #records: Counter<'result'> = new Counter({
    name: 'countersign_collector_records_total',
    help: 'Records that came, by what became of them: stored, duplicate, conflict',
    labelNames: ['result'],
    registers: [this.#registry],
  });
  readonly #refused: Counter = new Counter({
    name: 'countersign_collector_batches_refused_total',
    help: 'Batches that could not be read',
    registers: [this.#registry],
  });
  readonly #findings: Counter<'problem'> = new Counter({
    name: 'countersign_collector_findings_total',
    help: 'What the witness found, by what it is',
    labelNames: ['problem'],
    registers: [this.#registry],
  });

  readonly #held: Gauge = this.#gauge('countersign_collector_records', 'Records that are held');
  readonly #bytes: Gauge = this.#gauge('countersign_collector_store_bytes', 'Bytes of the records and their index');
  readonly #archived: Gauge = this.#gauge(
    'countersign_collector_archived_position',
    'Position up to which records are copied to an archive; 0 without one',
  );
  readonly #store: RecordStore;

  /** @param store whose size is shown, as of when it is asked for */
  constructor(store: RecordStore) {
    this.#store = store;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All figures, as Prometheus reads them. */
  async text(): Promise<string> {
    const { records, bytes, archived = 0 } = await this.#store.size();
    this.#held.set(records);
    this.#bytes.set(bytes);
    this.#archived.set(archived);
    return this.#registry.metrics();
  }

  /** Counts what became of a batch. */
  count(result: StoreResult | BatchProblem): void {
    if ('error' in result) {
      this.#refused.inc();
      return;
    }
    this.#records.inc({ result: 'stored' }, result.stored);
    this.#records.inc({ result: 'duplicate' }, result.duplicates);
    this.#records.inc({ result: 'conflict' }, result.conflicts.length);
    for (const { problem } of result.findings) this.#findings.inc({ problem });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }
}
