import type { StatementKind } from '../analysis.js';
import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { TreeNode } from '../tree/tree-node.js';
import { QueryScope } from '../tree/query-scope.js';
import { readExpression } from './expression-reader.js';
import { readQuery, readSubquery, readWith } from './query-reader.js';
import { Reading } from './reading.js';
import { nodeOf, variantOf } from './rust-nodes.js';
import { readDelete, readInsert, readUpdate } from './write-reader.js';
import type { Collector } from '../tree/collector.js';

const readers = { query: readSubquery, expression: readExpression };

/**
 * Reads the tree of one statement: what it names goes to the collector. The columns are never bare: nothing that the second parser says
 * alone lets a masked column through.
 * @throws DenialError `STATEMENT_UNKNOWN` where a part of it is not known
 */
export function readStatement(tree: TreeNode, collector: Collector): StatementKind {
  const reading = new Reading(collector, readers);
  const { name, fields } = variantOf(tree);
  const node = nodeOf(fields, 'a statement');
  switch (name) {
    case 'Query':
      return readQueryStatement(reading, node);
    case 'Insert':
      readInsert(reading, node);
      return node['replace_into'] === true ? 'replace' : 'insert';
    default:
      return readWrite(reading, name, node, new QueryScope(undefined, false));
  }
}

// WITH … UPDATE and WITH … DELETE are queries, to this parser.
function readQueryStatement(reading: Reading, query: TreeNode): StatementKind {
  const body = variantOf(query['body']);
  if (body.name !== 'Update' && body.name !== 'Delete') {
    readQuery(reading, query, undefined, false);
    return 'select';
  }
  expectOnly(query, 'a query', 'with', 'body');
  const scope = new QueryScope(undefined, false);
  readWith(reading, query['with'], scope);
  const { name, fields } = variantOf(body.fields);
  return readWrite(reading, name, nodeOf(fields, 'a statement'), scope);
}

function readWrite(reading: Reading, name: string, node: TreeNode, outer: QueryScope): StatementKind {
  if (name === 'Update') {
    readUpdate(reading, node, outer);
    return 'update';
  }
  if (name !== 'Delete') return refuseTree(`a statement of type ${name}`);
  readDelete(reading, node, outer);
  return 'delete';
}
