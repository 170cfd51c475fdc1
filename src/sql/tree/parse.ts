import { createRequire } from 'node:module';
import type * as NodeSqlParser from 'node-sql-parser';

import { DenialError } from '../../errors.js';
import type { WorkBudget } from '../work-budget.js';
import { MeteredText } from './metered-text.js';
import { isNode, type TreeNode } from './tree-node.js';

/** Most that one statement may cost, in reads: about 60 ms, and what the longest one takes that is read once. */
const MAX_READS = 1_250_000;
/** Most that one may cost that the second parser takes for no statement: about 25 ms. It may be right, and no dialect understand. */
const MAX_DOUBTFUL_READS = 500_000;
/** What it costs to begin, in reads: the parser makes all that it knows of the grammar anew. */
const START_READS = 1_000;
/** What it costs to give up, in reads: an error with its stack, and its text, which sorts all that was expected where it gave up. */
const FAILURE_READS = 1_000;
const READS_PER_EXPECTATION = 10;

/** Each takes 10 ms to load, which a program's start does not wait for, and several times that as an ES module. */
const require = createRequire(import.meta.url);
const DIALECTS = ['mysql', 'mariadb'] as const;
type Dialect = (typeof DIALECTS)[number];
const loaded: Partial<Record<Dialect, NodeSqlParser.Parser>> = {};

function parserOf(dialect: Dialect): NodeSqlParser.Parser {
  return (loaded[dialect] ??= new (require(`node-sql-parser/build/${dialect}.js`) as typeof NodeSqlParser).Parser());
}

/**
 * Parses one statement. What one dialect of the parser does not take is given to the other: both trees are checked against the
 * tokens afterwards, so a wrong guess cannot hide a table.
 * @param text canonical, without literals of the client
 * @param budget of the whole text
 * @param isDoubtful the second parser takes it for no statement
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function parse(text: string, budget: WorkBudget, isDoubtful = false): TreeNode {
  return budget.within(isDoubtful ? MAX_DOUBTFUL_READS : MAX_READS, (part) => parseWithin(text, part));
}

function parseWithin(text: string, budget: WorkBudget): TreeNode {
  let near = '';
  for (const database of DIALECTS) {
    const parser = parserOf(database);
    budget.spend(START_READS);
    const metered = new MeteredText(text, budget);
    try {
      // It takes its text for a string, and never asks whether it is one.
      const tree: unknown = parser.astify(metered as unknown as string, { database });
      const statement: unknown = Array.isArray(tree) && tree.length === 1 ? tree[0] : tree;
      if (isNode(statement)) return statement;
    } catch (error) {
      if (error instanceof DenialError) throw error;
      budget.spend(FAILURE_READS + metered.mostReadsOfPlace * READS_PER_EXPECTATION);
      near ||= nearText(text, error);
    }
  }
  throw new DenialError('STATEMENT_UNKNOWN', `not understood${near}`);
}

function nearText(text: string, error: unknown): string {
  const location = isNode(error) || error instanceof Error ? (error as { location?: unknown }).location : undefined;
  const start = isNode(location) ? location['start'] : undefined;
  const offset = isNode(start) ? start['offset'] : undefined;
  if (typeof offset !== 'number') return '';
  return ` near ${JSON.stringify(text.slice(offset, offset + 32))}`;
}
