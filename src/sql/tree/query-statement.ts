import { DenialError } from '../../errors.js';
import type { Analysis, StatementKind } from '../analysis.js';
import type { Token } from '../canonical/token.js';
import type { WorkBudget } from '../work-budget.js';
import { analysisOf } from '../grammar/analysis-of.js';
import { checkAgreement, readAlone, readSecond } from '../second-parser/agreement.js';
import { readLineage } from '../lineage/lineage-reader.js';
import { checkAccounts } from './accounting.js';
import { Collector } from './collector.js';
import { nameOf, refuseTree } from './node-reader.js';
import { parse } from './parse.js';
import { type TreeNode } from './tree-node.js';
import { type ParserInput, parserInput } from './parser-text.js';
import { walkQuery, walkSubquery } from './select-walker.js';
import { inServerOrder } from './server-order.js';
import type { TreeReading } from './tree-reading.js';
import type { Walk } from './walk.js';
import { walkDelete, walkInsert, walkUpdate } from './write-walker.js';

/**
 * Analyses SELECT, INSERT, REPLACE, UPDATE and DELETE, with or without WITH, by two parsers: where both understand they have to agree,
 * where one does its word is taken.
 * @param tokens of one statement, canonical
 * @param budget of the whole text
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function queryStatement(tokens: readonly Token[], namespace: string | undefined, budget: WorkBudget): Analysis {
  const input = parserInput(tokens);
  const { kind, collector, lineage } = readByBoth(input, namespace, budget);
  if (kind !== 'select' && collector.tables.every(({ access }) => access === 'read')) refuseTree('what is written');
  const { takenOff } = input;
  return analysisOf(kind, kind.toUpperCase(), {
    tables: collector.tables,
    columns: collector.columns,
    functions: [...collector.functions],
    where: collector.where,
    compound: collector.compound,
    file: collector.file || takenOff.file,
    ...(collector.upserts ? { upserts: true } : {}),
    ...(collector.upsertsQuery ? { upsertsQuery: true } : {}),
    ...(collector.unboundedTable === undefined ? {} : { unboundedTable: collector.unboundedTable }),
    ...(takenOff.naturalJoin ? { naturalJoin: true } : {}),
    ...(takenOff.locks ? { locks: true } : {}),
    ...(lineage === undefined ? {} : { lineage }),
  });
}

function readByBoth(input: ParserInput, namespace: string | undefined, budget: WorkBudget): TreeReading {
  let first: TreeReading;
  try {
    first = readFirst(input, namespace, budget);
  } catch (error) {
    const alone = error instanceof DenialError ? readAlone(input, namespace, budget) : undefined;
    if (alone === undefined) throw error;
    return alone;
  }
  const second = readSecond(input, namespace, budget);
  if (second !== undefined) checkAgreement(first, second);
  return first;
}

function readFirst(input: ParserInput, namespace: string | undefined, budget: WorkBudget): TreeReading {
  const collector = new Collector(namespace);
  const tree = inServerOrder(parse(input.text, budget), input.tokens);
  const kind = walkStatement({ collector, subquery: walkSubquery }, tree);
  checkAccounts(input.tokens, collector);
  return { kind, collector, lineage: readLineage(tree, namespace, input.takenOff.naturalJoin) };
}

function walkStatement(walk: Walk, tree: TreeNode): StatementKind {
  const type = nameOf(tree['type']);
  switch (type) {
    case 'select':
      walkQuery(walk, tree, undefined, false);
      return type;
    case 'insert':
    case 'replace':
      walkInsert(walk, tree);
      return type;
    case 'update':
      walkUpdate(walk, tree);
      return type;
    case 'delete':
      walkDelete(walk, tree);
      return type;
    default:
      return refuseTree('a statement of this type');
  }
}
