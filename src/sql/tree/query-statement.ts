import { DenialError } from '../../errors.js';
import type { Analysis, StatementKind } from '../analysis.js';
import type { Token } from '../canonical/token.js';
import { levelsOf, type QueryLevel } from '../bounds/query-level.js';
import type { QueryContext } from '../query-context.js';
import type { WorkBudget } from '../work-budget.js';
import { analysisOf } from '../grammar/analysis-of.js';
import { askSecond, checkAgreement, standingAlone } from '../second-parser/agreement.js';
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

/** From so many tokens on the second parser is asked first: it is quicker to say that something is no statement. */
const MANY_TOKENS = 1_000;

/**
 * Analyses SELECT, INSERT, REPLACE, UPDATE and DELETE, with or without WITH, by two parsers: where both understand they have to agree,
 * where one does its word is taken.
 * @param tokens of one statement, canonical
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function queryStatement(tokens: readonly Token[], context: QueryContext): Analysis {
  const input = parserInput(tokens);
  const { kind, collector, lineage } = readByBoth(input, context);
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

function readByBoth(input: ParserInput, context: QueryContext): TreeReading {
  const early = input.tokens.length > MANY_TOKENS ? askSecond(input, context) : undefined;
  const second = (): TreeReading | undefined => (early ?? askSecond(input, context)).reading;
  let first: TreeReading;
  try {
    first = readFirst(input, context, early?.isRejected === true);
  } catch (error) {
    const alone = error instanceof DenialError ? standingAlone(input, second()) : undefined;
    if (alone === undefined) throw error;
    return alone;
  }
  const other = second();
  if (other !== undefined) checkAgreement(first, other);
  return first;
}

function readFirst(input: ParserInput, context: QueryContext, isDoubtful: boolean): TreeReading {
  const collector = new Collector(context);
  const tree = parsedTree(input, context.budget, isDoubtful);
  const kind = walkStatement({ collector, subquery: walkSubquery }, tree);
  checkAccounts(input.tokens, collector);
  return { kind, collector, lineage: readLineage(tree, context.namespace, input.takenOff.naturalJoin) };
}

function parsedTree(input: ParserInput, budget: WorkBudget, isDoubtful = false): TreeNode {
  return inServerOrder(parse(input.text, budget, isDoubtful), input.tokens);
}

/**
 * The SELECTs of a query that is understood, as the bounds of rows are judged by them.
 * @param tokens of the query, canonical
 * @throws DenialError `STATEMENT_UNKNOWN` where the first parser does not read it
 */
export function queryLevels(tokens: readonly Token[], { budget, seeView }: QueryContext): readonly QueryLevel[] {
  return levelsOf(parsedTree(parserInput(tokens), budget), seeView);
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
