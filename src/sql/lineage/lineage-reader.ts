import { lowerCase } from '../canonical/token.js';
import { isLiteral } from '../tree/expression-walker.js';
import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { LITERAL_ALIAS, POSITIONS } from '../tree/parser-text.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { ownValue } from '../tree/write-walker.js';
import type {
  Assignment,
  ConditionClause,
  LineageCondition,
  LineageOutput,
  LineageSource,
  LineageUse,
  QueryBlock,
  QueryLineage,
  StatementLineage,
} from './lineage.js';
import { lookedUp } from './look-ups.js';
import { isTotal } from './telling-functions.js';
import { usesOf } from './use-reader.js';

/** A query block while it is being read. */
interface OpenBlock extends QueryBlock {
  readonly sources: LineageSource[];
  readonly outputs: LineageOutput[];
  readonly conditions: LineageCondition[];
  distinct: boolean;
  mergesColumns: boolean;
}

/** A query while it is being read: it may read itself. */
interface OpenQuery extends QueryLineage {
  readonly arms: OpenBlock[];
}

/** CTEs in sight, the nearest first. */
interface Ctes {
  readonly name: string;
  readonly query: QueryLineage;
  readonly names: readonly string[];
  readonly before: Ctes | undefined;
}

/** Clauses in which a name may mean an output column. */
const NAMES_OUTPUTS: readonly ConditionClause[] = ['group', 'having', 'order'];

/**
 * Reads where the values of a statement come from.
 * @param tree of the first parser, of a statement that the walkers have understood: it holds nothing that is not known
 */
export function readLineage(tree: TreeNode, namespace: string | undefined, naturalJoin: boolean): StatementLineage {
  const reader = new LineageReader(namespace);
  const result = reader.statement(tree);
  const { blocks, comparisons, unions, assignments } = reader;
  return { ...(result !== undefined && { result }), blocks, comparisons, unions, assignments, naturalJoin };
}

class LineageReader {
  readonly blocks: QueryBlock[] = [];
  readonly comparisons: QueryLineage[] = [];
  readonly unions: QueryLineage[] = [];
  readonly assignments: Assignment[] = [];
  readonly #namespace: string | undefined;

  constructor(namespace: string | undefined) {
    this.#namespace = namespace;
  }

  statement(tree: TreeNode): QueryLineage | undefined {
    switch (tree['type']) {
      case 'insert':
      case 'replace':
        return this.#insert(tree);
      case 'update':
        return this.#update(tree);
      case 'delete':
        return this.#delete(tree);
      default:
        return this.#query(tree, undefined, undefined);
    }
  }

  #query(query: TreeNode, parent: QueryBlock | undefined, outer: Ctes | undefined, open = emptyQuery()): QueryLineage {
    const ctes = this.#ctes(query, parent, outer);
    const nodes = armsOf(query);
    for (const node of nodes) open.arms.push(this.#arm(node, parent, ctes, ordersAll(node, query)));
    if (isSetOperation(nodes, /INTERSECT|EXCEPT|MINUS/i)) this.comparisons.push(open);
    if (isSetOperation(nodes, /UNION(?! ALL)/i)) this.unions.push(open);
    const last = nodes.at(-1);
    const orders = [
      ...childrenOf(query, '_orderby'),
      ...(last !== undefined && ordersAll(last, query) ? childrenOf(last, 'orderby') : []),
    ];
    if (orders.length > 0) this.#ordering(orders, this.#around(open, parent), ctes);
    return open;
  }

  /** The result of a query, as what orders it sees it: by the names that its first SELECT gives. */
  #around(query: QueryLineage, parent: QueryBlock | undefined): OpenBlock {
    const block = this.#block(parent);
    block.sources.push({ alias: '', table: undefined, query, names: [] });
    block.outputs.push({ name: undefined, star: '*', uses: [], exact: true, total: true });
    return block;
  }

  #ctes(query: TreeNode, parent: QueryBlock | undefined, outer: Ctes | undefined): Ctes | undefined {
    const withs = childrenOf(query, 'with');
    const isRecursive = withs.some((cte) => cte['recursive'] === true);
    return withs.reduce<Ctes | undefined>((before, cte) => {
      const open = emptyQuery();
      const names = childrenOf(cte, 'columns').map((column) => lowerCase(nameOf(column['column']) ?? ''));
      const own: Ctes = { name: nameOf(cte['name']) ?? '', query: open, names, before };
      const inner = childOf(childOf(cte, 'stmt') ?? {}, 'ast');
      if (inner !== undefined) this.#query(inner, parent, isRecursive ? own : before, open);
      return own;
    }, outer);
  }

  /** @param isOrdered - what orders it orders the whole query */
  #arm(node: TreeNode, parent: QueryBlock | undefined, ctes: Ctes | undefined, isOrdered: boolean): OpenBlock {
    const block = this.#block(parent);
    block.distinct = !isEmpty(node['distinct']);
    this.#from(node['from'], block, ctes);
    for (const column of childrenOf(node, 'columns')) block.outputs.push(this.#output(column, block, ctes));
    this.#condition(childOf(node, 'where'), 'where', block, ctes);
    for (const group of childrenOf(childOf(node, 'groupby') ?? {}, 'columns')) this.#named(group, 'group', block, ctes);
    this.#condition(childOf(node, 'having'), 'having', block, ctes);
    if (!isOrdered) this.#ordering(childrenOf(node, 'orderby'), block, ctes);
    this.#add(childOf(node, 'window'), 'order', block, ctes);
    return block;
  }

  #block(parent: QueryBlock | undefined): OpenBlock {
    const block = { parent, sources: [], outputs: [], conditions: [], distinct: false, mergesColumns: false };
    this.blocks.push(block);
    return block;
  }

  #uses(node: TreeNode | undefined, block: QueryBlock, ctes: Ctes | undefined): readonly LineageUse[] {
    return usesOf(node, (query) => this.#query(query, block, ctes));
  }

  #output(column: TreeNode, block: OpenBlock, ctes: Ctes | undefined): LineageOutput {
    const expression = childOf(column, 'expr');
    const alias = nameOf(column['as']);
    const name = isColumn(expression) ? nameOf(expression?.['column']) : undefined;
    if (name === '*') {
      const qualifier = nameOf(expression?.['table']);
      return {
        name: undefined,
        star: qualifier === undefined ? '*' : lowerCase(qualifier),
        uses: [],
        exact: true,
        total: true,
      };
    }
    const uses = this.#uses(expression, block, ctes);
    // Servers give rows in the order of a window.
    const ordering = uses.filter((use) => 'column' in use && use.inWindow === true);
    if (ordering.length > 0) block.conditions.push({ clause: 'order', lookup: false, aliases: true, uses: ordering });
    return { name: sureName(alias ?? name), uses, exact: isColumn(expression), total: isTotal(expression) };
  }

  #ordering(items: readonly TreeNode[], block: OpenBlock, ctes: Ctes | undefined): void {
    for (const item of items) this.#named(childOf(item, 'expr'), 'order', block, ctes);
  }

  /** An expression that may be the position of an output column. */
  #named(node: TreeNode | undefined, clause: ConditionClause, block: OpenBlock, ctes: Ctes | undefined): void {
    if (!isLiteral(node)) this.#add(node, clause, block, ctes);
    else block.conditions.push({ clause, lookup: false, aliases: false, uses: [{ output: positionOf(node) }] });
  }

  #condition(node: TreeNode | undefined, clause: ConditionClause, block: OpenBlock, ctes: Ctes | undefined): void {
    if (node === undefined) return;
    const operator = nameOf(node['operator'])?.toUpperCase();
    if (node['type'] === 'binary_expr' && (operator === 'AND' || operator === 'OR')) {
      this.#condition(childOf(node, 'left'), clause, block, ctes);
      this.#condition(childOf(node, 'right'), clause, block, ctes);
      return;
    }
    if (node['type'] === 'unary_expr' && operator === 'NOT') {
      this.#condition(childOf(node, 'expr'), clause, block, ctes);
      return;
    }
    const column = lookedUp(node);
    this.#add(column ?? node, clause, block, ctes, column !== undefined);
  }

  #add(
    node: TreeNode | undefined,
    clause: ConditionClause,
    block: OpenBlock,
    ctes: Ctes | undefined,
    lookup = false,
  ): void {
    const uses = this.#uses(node, block, ctes);
    if (uses.length > 0) block.conditions.push({ clause, lookup, aliases: NAMES_OUTPUTS.includes(clause), uses });
  }

  #from(from: unknown, block: OpenBlock, ctes: Ctes | undefined): void {
    const later: (() => void)[] = [];
    this.#sources(from, block, ctes, later);
    for (const run of later) run();
  }

  #sources(from: unknown, block: OpenBlock, ctes: Ctes | undefined, later: (() => void)[]): void {
    for (const item of Array.isArray(from) ? from : [from]) {
      if (!isNode(item) || item['type'] === 'dual') continue;
      const inner = item['expr'];
      if (Array.isArray(inner)) {
        this.#sources(inner, block, ctes, later);
        this.#sources(item['joins'], block, ctes, later);
      } else block.sources.push(isNode(inner) ? this.#derived(item, inner, block, ctes) : this.#table(item, ctes));
      // Conditions may name any table of the FROM.
      later.push(() => {
        this.#condition(childOf(item, 'on'), 'join', block, ctes);
        this.#using(childrenOf(item, 'using'), block);
      });
    }
  }

  #using(columns: readonly TreeNode[], block: OpenBlock): void {
    if (columns.length === 0) return;
    block.mergesColumns = true;
    const uses = columns.map((column) => ({ column: nameOf(column) ?? '', qualifier: undefined }));
    block.conditions.push({ clause: 'join', lookup: false, aliases: false, uses });
  }

  #derived(item: TreeNode, inner: TreeNode, block: OpenBlock, ctes: Ctes | undefined): LineageSource {
    const isLateral = nameOf(item['prefix'])?.toLowerCase() === 'lateral';
    const query = childOf(inner, 'ast');
    return {
      alias: lowerCase(nameOf(item['as']) ?? ''),
      table: undefined,
      query: query && this.#query(query, isLateral ? block : block.parent, ctes),
      names: [],
    };
  }

  #table(item: TreeNode, ctes: Ctes | undefined): LineageSource {
    const name = nameOf(item['table']) ?? '';
    const schema = nameOf(item['db']);
    const alias = lowerCase(nameOf(item['as']) ?? name);
    const cte = schema === undefined ? find(name, ctes) : undefined;
    // Whether another case means the CTE depends on the server.
    const isTable = cte?.name !== name;
    return {
      alias,
      table: isTable ? { schema: schema ?? this.#namespace, name } : undefined,
      query: cte?.query,
      names: cte?.names ?? [],
    };
  }

  #insert(node: TreeNode): QueryLineage | undefined {
    const target = this.#block(undefined);
    this.#from(node['table'], target, undefined);
    const listed = node['columns'];
    const columns = Array.isArray(listed) ? listed.map((column) => nameOf(column)) : undefined;
    const values = childOf(node, 'values');
    const isQuery = values?.['type'] === 'select';
    const copies = isQuery ? this.#query(values, undefined, undefined) : undefined;
    const assign = (position: number, part: Pick<Assignment, 'uses' | 'copies' | 'exact' | 'total'>): void => {
      const column = columns?.[position];
      this.assignments.push({ block: target, target, qualifier: undefined, column, position, ...part });
    };
    if (copies !== undefined) {
      for (const position of columns?.keys() ?? [0]) assign(position, { uses: [], exact: true, total: true, copies });
    } else if (values !== undefined) {
      for (const row of childrenOf(values, 'values')) {
        for (const [position, value] of childrenOf(row, 'value').entries()) {
          const uses = this.#uses(value, target, undefined);
          if (uses.length > 0) assign(position, { uses, exact: isColumn(value), total: isTotal(value) });
        }
      }
    }
    this.#assignments(childrenOf(node, 'set'), target, target, undefined);
    const onDuplicate = childOf(node, 'on_duplicate_update');
    if (onDuplicate !== undefined) {
      const around = { ...target, sources: [...target.sources, ...(copies?.arms[0]?.sources ?? [])] };
      this.#assignments(childrenOf(onDuplicate, 'set'), around, target, undefined, copies === undefined);
    }
    return this.#returning(node, target);
  }

  #update(node: TreeNode): undefined {
    const ctes = this.#ctes(node, undefined, undefined);
    const block = this.#block(undefined);
    this.#from(node['table'], block, ctes);
    this.#assignments(childrenOf(node, 'set'), block, block, ctes);
    this.#condition(childOf(node, 'where'), 'where', block, ctes);
    this.#ordering(childrenOf(node, 'orderby'), block, ctes);
  }

  #delete(node: TreeNode): QueryLineage | undefined {
    const ctes = this.#ctes(node, undefined, undefined);
    const block = this.#block(undefined);
    this.#from(node['from'], block, ctes);
    this.#condition(childOf(node, 'where'), 'where', block, ctes);
    this.#ordering(childrenOf(node, 'orderby'), block, ctes);
    return this.#returning(node, block);
  }

  /** @param ownRow - a qualifier that is no source is the alias of the row that is written */
  #assignments(
    items: readonly TreeNode[],
    block: QueryBlock,
    target: QueryBlock,
    ctes: Ctes | undefined,
    ownRow = false,
  ): void {
    const aliases = new Set(block.sources.map(({ alias }) => alias));
    for (const item of items) {
      const value = childOf(item, 'value');
      const read = ownValue(value) === undefined ? this.#uses(value, block, ctes) : [];
      const isOwn = (use: LineageUse): boolean =>
        ownRow && 'column' in use && use.qualifier !== undefined && !aliases.has(use.qualifier);
      const uses = read.filter((use) => !isOwn(use));
      const qualifier = nameOf(item['table']);
      this.assignments.push({
        ...{ block, target, position: 0, uses, exact: isColumn(value), total: isTotal(value) },
        qualifier: qualifier === undefined ? undefined : lowerCase(qualifier),
        column: nameOf(item['column']) ?? '',
      });
    }
  }

  #returning(node: TreeNode, around: QueryBlock): QueryLineage | undefined {
    const returning = node['returning'];
    if (!isNode(returning)) return undefined;
    const block = this.#block(undefined);
    block.sources.push(...around.sources);
    for (const column of childrenOf(returning, 'columns')) block.outputs.push(this.#output(column, block, undefined));
    return { arms: [block] };
  }
}

function isColumn(node: TreeNode | undefined): boolean {
  return node?.['type'] === 'column_ref';
}

function emptyQuery(): OpenQuery {
  return { arms: [] };
}

/** Which output column a literal names. */
function positionOf(node: TreeNode | undefined): number | 'any' {
  const value = node?.['type'] === 'number' ? Number(node['value']) : 0;
  return value > POSITIONS ? value - POSITIONS - 1 : 'any';
}

/** The SELECTs of a query. */
function armsOf(query: TreeNode): readonly TreeNode[] {
  const arms: TreeNode[] = [];
  for (let arm: TreeNode | undefined = query; arm !== undefined; arm = childOf(arm, '_next')) arms.push(arm);
  return arms;
}

/** Whether the ORDER BY of a SELECT is that of the set operation that it ends. */
function ordersAll(node: TreeNode, query: TreeNode): boolean {
  return node !== query && childOf(node, '_next') === undefined && node['parentheses_symbol'] !== true;
}

/** Whether such a set operation stands between SELECTs. */
function isSetOperation(arms: readonly TreeNode[], operation: RegExp): boolean {
  return arms.some((arm) => operation.test(nameOf(arm['set_op']) ?? ''));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (isNode(value) && isEmpty(value['type']));
}

function find(name: string, ctes: Ctes | undefined): Ctes | undefined {
  let folded: Ctes | undefined;
  for (let at = ctes; at !== undefined; at = at.before) {
    if (at.name === name) return at;
    if (folded === undefined && lowerCase(at.name) === lowerCase(name)) folded = at;
  }
  return folded;
}

/** The name as others may look for it; undefined where it is a literal, or in letters that the server folds by its own rules. */
function sureName(name: string | undefined): string | undefined {
  if (name === undefined || name === LITERAL_ALIAS || Buffer.byteLength(name) !== name.length) return undefined;
  return lowerCase(name);
}
