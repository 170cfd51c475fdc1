import type { StatementKind } from '../analysis.js';
import type { Collector } from './collector.js';

/** What one parser says about a statement. */
export interface TreeReading {
  readonly kind: StatementKind;
  readonly collector: Collector;
}
