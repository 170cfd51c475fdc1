import type { Collector } from './collector.js';
import { isNode, type TreeNode } from './tree-node.js';
import { childOf, childrenOf, expectOnly, nameOf, refuseTree } from './node-reader.js';
import type { Place, Walk } from './walk.js';

const LITERALS: ReadonlySet<string> = new Set([
  'number',
  'bigint',
  'single_quote_string',
  'string',
  'bool',
  'null',
  'date',
  'time',
  'timestamp',
  'datetime',
]);

/** Whether a node is a literal, and so was a literal or a placeholder of the client. */
export function isLiteral(node: TreeNode | undefined): boolean {
  return node !== undefined && typeof node['type'] === 'string' && LITERALS.has(node['type']);
}

type Reader = (walk: Walk, node: TreeNode, place: Place) => void;

/**
 * Walks an expression. The list of node types is closed: a type that is not known makes the statement unknown.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkExpression(walk: Walk, node: TreeNode | undefined, place: Place): void {
  if (node === undefined) return;
  const query = node['ast'];
  if (isNode(query)) {
    expectOnly(node, 'a subquery', 'tableList', 'columnList', 'ast', 'parentheses');
    // A subquery says the same in whichever clause it is named; queries with an order in each other would be walked twice at each level.
    if (!walk.collector.isAgain) walk.subquery(walk, query, place.scope);
    return;
  }
  const type = nameOf(node['type']) ?? '';
  if (isLiteral(node)) {
    expectOnly(node, type, 'type', 'value', 'parentheses', 'escape', 'suffix', 'prefix');
    walk.collector.word(node['suffix']);
    return;
  }
  const reader = readers.get(type);
  if (reader === undefined) return refuseTree(`an expression of type ${type}`);
  reader(walk, node, place);
}

function inside(place: Place): Place {
  return place.bare ? { ...place, bare: false } : place;
}

function walkAll(walk: Walk, nodes: readonly TreeNode[], place: Place): void {
  for (const node of nodes) walkExpression(walk, node, place);
}

const columnRef: Reader = ({ collector }, node, place) => {
  expectOnly(node, 'a column', 'type', 'db', 'table', 'column', 'collate', 'suffix', 'parentheses');
  const qualifier = nameOf(node['table']);
  const column = nameOf(node['column']) ?? refuseTree('a column without a name');
  collector.identifier(nameOf(node['db']), qualifier, column === '*' ? undefined : column);
  collector.word(node['suffix']);
  const isCollated = readCollation(collector, node);
  const bare = place.bare && !isCollated && nameOf(node['suffix']) === undefined;
  collector.column({ column, clause: place.clause, bare }, qualifier, place.scope);
};

function readCollation(collector: Collector, node: TreeNode): boolean {
  const collation = childOf(node, 'collate');
  const name = collation === undefined ? undefined : childOf(collation, 'collate');
  if (name !== undefined) collector.word(nameOf(name['name']));
  return collation !== undefined;
}

const aliasOrColumn: Reader = (walk, node, place) => {
  columnRef(walk, node, place);
  const { outputs, scope, clause } = place;
  if (outputs === undefined || nameOf(node['table']) !== undefined) return;
  // ORDER BY alias looks at what stands behind the alias.
  const behind = outputs.behind(nameOf(node['column']) ?? '').filter((output) => outputs.isNewIn(clause, output));
  walk.collector.again(() => {
    for (const output of behind) walkExpression(walk, output, { scope, clause, bare: false });
  });
};

const binary: Reader = (walk, node, place) => {
  expectOnly(node, 'an operation', 'type', 'operator', 'left', 'right', 'parentheses');
  walk.collector.word(node['operator']);
  walkExpression(walk, childOf(node, 'left'), inside(place));
  const right = childOf(node, 'right');
  walkExpression(walk, right, inside(place));
  const escape = right === undefined ? undefined : childOf(right, 'escape');
  if (escape !== undefined) walkExpression(walk, childOf(escape, 'value'), inside(place));
};

const unary: Reader = (walk, node, place) => {
  expectOnly(node, 'an operation', 'type', 'operator', 'expr', 'parentheses');
  walk.collector.word(node['operator']);
  walkExpression(walk, childOf(node, 'expr'), inside(place));
};

// Words that the parser reads as functions.
const QUANTIFIERS: ReadonlySet<string> = new Set(['exists', 'not', 'any', 'all', 'some', 'row', 'values']);
const SEQUENCES: ReadonlySet<string> = new Set(['nextval', 'lastval', 'setval']);

const call: Reader = (walk, node, place) => {
  const { collector } = walk;
  expectOnly(node, 'a function', 'type', 'name', 'args', 'over', 'suffix', 'parentheses');
  const full = childOf(node, 'name') ?? refuseTree('a function without a name');
  const parts = childrenOf(full, 'name').map((part) => nameOf(part) ?? '');
  const schema = nameOf(full['schema']);
  collector.word(schema);
  parts.forEach((part) => {
    collector.word(part);
  });
  collector.word(nameOf(node['suffix']));
  const name = [schema, ...parts].filter((part) => part !== undefined).join('.');
  const folded = name.toLowerCase();
  if (!QUANTIFIERS.has(folded)) collector.call(name);
  const args = childOf(node, 'args');
  const values = args === undefined ? [] : listOf(args);
  if (SEQUENCES.has(folded)) walkSequence(walk, values[0], folded === 'lastval');
  walkAll(walk, values, inside(place));
  walkWindow(walk, childOf(node, 'over'), inside(place));
};

// MariaDB: the argument of NEXTVAL names a sequence, which is a table.
function walkSequence({ collector }: Walk, node: TreeNode | undefined, isRead: boolean): void {
  if (node?.['type'] !== 'column_ref') return refuseTree('a sequence');
  const name = nameOf(node['column']) ?? '';
  collector.table(nameOf(node['table']), name, { access: isRead ? 'read' : 'write', position: 'nested' });
}

function listOf(node: TreeNode): readonly TreeNode[] {
  if (node['type'] !== 'expr_list') return [node];
  expectOnly(node, 'a list', 'type', 'value', 'parentheses');
  return childrenOf(node, 'value');
}

const aggregate: Reader = (walk, node, place) => {
  expectOnly(node, 'an aggregate', 'type', 'name', 'args', 'over', 'parentheses');
  const name = nameOf(node['name']) ?? '';
  walk.collector.word(name);
  walk.collector.call(name);
  const args = childOf(node, 'args');
  if (args !== undefined) {
    expectOnly(args, 'an aggregate', 'expr', 'distinct', 'orderby', 'separator', 'parentheses');
    const expression = childOf(args, 'expr');
    if (expression?.['type'] !== 'star') walkExpression(walk, expression, inside(place));
    walkOrder(walk, childrenOf(args, 'orderby'), inside(place));
    const separator = childOf(args, 'separator');
    if (separator !== undefined) walkExpression(walk, childOf(separator, 'value'), inside(place));
  }
  walkWindow(walk, childOf(node, 'over'), inside(place));
};

/**
 * Walks the items of ORDER BY, PARTITION BY and their like.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkOrder(walk: Walk, items: readonly TreeNode[], place: Place): void {
  for (const item of items) {
    expectOnly(item, 'an order', 'expr', 'type', 'nulls');
    walkExpression(walk, childOf(item, 'expr'), place);
  }
}

/**
 * Walks OVER (…) and named windows.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkWindow(walk: Walk, node: TreeNode | undefined, place: Place): void {
  if (node === undefined) return;
  expectOnly(node, 'a window', 'type', 'keyword', 'as_window_specification', 'expr', 'name');
  for (const named of childrenOf(node, 'expr')) walkWindow(walk, named, place);
  walk.collector.identifier(nameOf(node['name']));
  const specification = node['as_window_specification'];
  if (typeof specification === 'string') walk.collector.identifier(specification);
  if (!isNode(specification)) return;
  expectOnly(specification, 'a window', 'window_specification', 'parentheses');
  const details = childOf(specification, 'window_specification');
  if (details === undefined) return;
  expectOnly(details, 'a window', 'name', 'partitionby', 'orderby', 'window_frame_clause');
  walk.collector.identifier(nameOf(details['name']));
  const { windowOutputs: outputs } = place;
  const named = outputs === undefined ? place : { ...place, outputs };
  walkOrder(walk, childrenOf(details, 'partitionby'), named);
  walkOrder(walk, childrenOf(details, 'orderby'), named);
  walkExpression(walk, childOf(details, 'window_frame_clause'), place);
}

const cases: Reader = (walk, node, place) => {
  expectOnly(node, 'CASE', 'type', 'expr', 'args', 'parentheses');
  walkExpression(walk, childOf(node, 'expr'), inside(place));
  for (const arm of childrenOf(node, 'args')) {
    expectOnly(arm, 'CASE', 'type', 'cond', 'result');
    walkExpression(walk, childOf(arm, 'cond'), inside(place));
    walkExpression(walk, childOf(arm, 'result'), inside(place));
  }
};

const cast: Reader = (walk, node, place) => {
  expectOnly(node, 'CAST', 'type', 'keyword', 'expr', 'symbol', 'target', 'collate', 'parentheses');
  readCollation(walk.collector, node);
  walkExpression(walk, childOf(node, 'expr'), inside(place));
  walk.collector.word(node['keyword']);
  walk.collector.call(nameOf(node['keyword']) ?? 'cast');
  for (const target of childrenOf(node, 'target')) readType(walk, target, place);
};

const readType: Reader = (walk, node) => {
  expectOnly(node, 'a type', 'type', 'dataType', 'length', 'scale', 'parentheses', 'suffix', 'charset');
  walk.collector.word(node['dataType']);
  walk.collector.word(nameOf(node['charset']));
  const suffix = node['suffix'];
  for (const part of Array.isArray(suffix) ? suffix : [suffix])
    walk.collector.word(isNode(part) ? part['value'] : part);
};

const extract: Reader = (walk, node, place) => {
  expectOnly(node, 'EXTRACT', 'type', 'args', 'parentheses');
  const args = childOf(node, 'args') ?? refuseTree('EXTRACT');
  expectOnly(args, 'EXTRACT', 'field', 'source', 'cast_type');
  walk.collector.word('extract');
  walk.collector.call('extract');
  walk.collector.word(args['field']);
  walkExpression(walk, childOf(args, 'source'), inside(place));
};

const interval: Reader = (walk, node, place) => {
  expectOnly(node, 'INTERVAL', 'type', 'expr', 'unit', 'parentheses');
  walk.collector.word(node['unit']);
  walkExpression(walk, childOf(node, 'expr'), inside(place));
};

const assign: Reader = (walk, node, place) => {
  expectOnly(node, 'an assignment', 'type', 'left', 'symbol', 'right', 'parentheses');
  // A value kept in a variable is a value that left: the next statement may select it.
  walk.collector.file = true;
  walkExpression(walk, childOf(node, 'left'), inside(place));
  walkExpression(walk, childOf(node, 'right'), inside(place));
};

const variable: Reader = ({ collector }, node) => {
  expectOnly(node, 'a variable', 'type', 'name', 'members', 'prefix', 'quoted', 'suffix');
  const members = node['members'];
  for (const member of Array.isArray(members) ? members : []) collector.word(nameOf(member));
};

const origin: Reader = ({ collector }, node) => {
  expectOnly(node, 'a keyword', 'type', 'value');
  collector.word(node['value']);
};

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['column_ref', aliasOrColumn],
  ['binary_expr', binary],
  ['unary_expr', unary],
  ['function', call],
  ['aggr_func', aggregate],
  [
    'expr_list',
    (walk, node, place) => {
      walkAll(walk, listOf(node), inside(place));
    },
  ],
  ['case', cases],
  ['cast', cast],
  ['datatype', readType],
  ['extract', extract],
  ['interval', interval],
  ['assign', assign],
  ['var', variable],
  ['origin', origin],
]);
