import { whereBounds } from '../bounds/bounded-sources.js';
import { QueryLevel } from '../bounds/query-level.js';
import type { QueryScope } from '../tree/query-scope.js';
import { conditionTree } from './condition-tree.js';
import { fromTree } from './from-tree.js';
import type { Reading } from './reading.js';
import { isGiven } from './rust-nodes.js';

/**
 * Reads WHERE, which may be absent, and tells of that of the outermost query whether it bounds the rows.
 * @param from the tables of the query
 * @returns the query as the rule for bounded rows sees it; undefined for one that is not the outermost
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readWhere(
  reading: Reading,
  condition: unknown,
  from: unknown,
  scope: QueryScope,
): QueryLevel | undefined {
  const isThere = isGiven(condition);
  if (isThere) reading.expression(condition, { scope, clause: 'where' });
  if (scope.nested) return undefined;
  const where = isThere ? conditionTree(condition) : undefined;
  const level = new QueryLevel({ from: fromTree(from, scope), where }, reading.collector.seeView);
  if (isThere) reading.collector.where = whereBounds(level) ? 'present' : 'constant';
  return level;
}
