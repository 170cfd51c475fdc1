import type { Analysis, StatementKind } from '../analysis.js';
import type { Token } from '../canonical/token.js';
import { analysisOf } from '../grammar/analysis-of.js';
import { checkAccounts } from './accounting.js';
import { Collector } from './collector.js';
import { nameOf, refuseTree } from './node-reader.js';
import { parse, type TreeNode } from './parse.js';
import { parserInput } from './parser-text.js';
import { walkQuery, walkSubquery } from './select-walker.js';
import type { Walk } from './walk.js';
import { walkDelete, walkInsert, walkUpdate } from './write-walker.js';

/**
 * Analyses SELECT, INSERT, REPLACE, UPDATE and DELETE, with or without WITH.
 * @param tokens of one statement, canonical
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function queryStatement(tokens: readonly Token[], namespace: string | undefined): Analysis {
  const input = parserInput(tokens);
  const tree = parse(input.text);
  const collector = new Collector(namespace);
  const kind = walkStatement({ collector, subquery: walkSubquery }, tree);
  checkAccounts(input.tokens, collector);
  const { takenOff } = input;
  return analysisOf(kind, kind.toUpperCase(), {
    tables: collector.tables,
    columns: collector.columns,
    functions: [...collector.functions],
    where: collector.where,
    compound: collector.compound,
    file: collector.file || takenOff.file,
    ...(collector.upsertsQuery ? { upsertsQuery: true } : {}),
    ...(takenOff.naturalJoin ? { naturalJoin: true } : {}),
    ...(takenOff.locks ? { locks: true } : {}),
  });
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
