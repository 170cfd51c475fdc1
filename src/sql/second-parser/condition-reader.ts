import { boundsRows } from '../tree/bounding.js';
import type { QueryScope } from '../tree/query-scope.js';
import { conditionTree } from './condition-tree.js';
import type { Reading } from './reading.js';

/**
 * Reads WHERE, and tells of that of the outermost query whether it bounds the rows.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readWhere(reading: Reading, condition: unknown, scope: QueryScope): void {
  reading.expression(condition, { scope, clause: 'where' });
  if (scope.nested) return;
  const tree = conditionTree(condition);
  reading.collector.where = tree !== undefined && boundsRows(tree, scope) ? 'present' : 'constant';
}
