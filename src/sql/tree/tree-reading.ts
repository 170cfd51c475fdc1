import type { StatementKind } from '../analysis.js';
import type { StatementLineage } from '../lineage/lineage.js';
import type { Collector } from './collector.js';

/** What one parser says about a statement. */
export interface TreeReading {
  readonly kind: StatementKind;
  readonly collector: Collector;
  /** Absent where the parser's tree is not read for it. */
  readonly lineage?: StatementLineage;
}
