import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';

/** A table, derived table or CTE in the FROM of one query. */
export interface LevelSource {
  /** Alias or name, lower case. */
  readonly alias: string;
  /** The real table's name, lower case; undefined for what a query makes. */
  readonly table: string | undefined;
  /** The SELECTs of the query that makes it; undefined for a real table, and where its inside is not seen. */
  readonly arms: readonly QueryLevel[] | undefined;
  /** Names that its columns get beside it, lower case: `WITH d (x)`. */
  readonly names: readonly string[];
}

/** A condition that rows have to meet, or, of an outer join, may. */
export interface Condition {
  readonly node: TreeNode;
  readonly clause: 'where' | 'join' | 'outer join' | 'having';
  /** Of an outer join, the sources on the side that may stay empty. */
  readonly nullable?: readonly LevelSource[] | undefined;
}

/** JOIN … USING: columns of the same name on both sides. */
export interface UsingJoin {
  readonly left: readonly LevelSource[];
  readonly right: readonly LevelSource[];
  /** Of an outer join, the sources on the side that may stay empty. */
  readonly nullable: readonly LevelSource[] | undefined;
}

/** A column as it is named, with where it comes from. */
export interface Column {
  readonly level: QueryLevel;
  /** Undefined where several sources may have it. */
  readonly source: LevelSource | undefined;
  /** Lower case. */
  readonly name: string;
  readonly isQualified: boolean;
}

/**
 * Tells of the SELECTs of a view: as those of a derived table they say which rows it has. `arms` is undefined where its inside is not known;
 * undefined for what is no view.
 */
export type SeeView = (schema: string | undefined, name: string) => SeenView | undefined;

/** What is seen of a view. */
export type SeenView = Pick<LevelSource, 'arms' | 'names'>;

/** CTEs in sight, the nearest first. */
interface Ctes {
  readonly name: string;
  readonly cte: TreeNode;
  /** The query around the one that has the WITH. */
  readonly parent: QueryLevel | undefined;
  readonly before: Ctes | undefined;
}

/** What one query, or one arm of a set operation, says about its rows. */
export class QueryLevel {
  readonly parent: QueryLevel | undefined;
  readonly sources: readonly LevelSource[];
  readonly conditions: readonly Condition[];
  readonly usings: readonly UsingJoin[];
  /** Output columns: `expr` and `as`. */
  readonly outputs: readonly TreeNode[];
  readonly groups: readonly TreeNode[];
  /** HAVING and ORDER BY, which may hold aggregates. */
  readonly others: readonly TreeNode[];
  readonly #ctes: Ctes | undefined;
  readonly #seeView: SeeView | undefined;

  /**
   * @param query in the shape of the first parser: `from`, `where` and their like
   * @param seeView sees through views; without, they are tables
   * @param parent the query that it stands in
   */
  constructor(query: TreeNode, seeView?: SeeView, parent?: QueryLevel, ctes?: Ctes) {
    this.parent = parent;
    this.#seeView = seeView;
    this.#ctes = childrenOf(query, 'with').reduce<Ctes | undefined>(
      (before, cte) => ({ name: nameOf(cte['name']) ?? '', cte, parent, before }),
      ctes,
    );
    const from = new FromReader(parent, this.#ctes, seeView);
    from.readAll(query['from']);
    this.sources = from.sources;
    this.usings = from.usings;
    this.conditions = [
      ...conditionsOf(childOf(query, 'where'), 'where'),
      ...from.conditions,
      ...conditionsOf(childOf(query, 'having'), 'having'),
    ];
    this.outputs = Array.isArray(query['columns']) ? childrenOf(query, 'columns') : [];
    this.groups = childrenOf(childOf(query, 'groupby') ?? {}, 'columns');
    this.others = [...conditionsOf(childOf(query, 'having'), 'having').map(({ node }) => node), ...orders(query)];
  }

  /** The SELECTs of a subquery in this query. */
  subquery(query: TreeNode): readonly QueryLevel[] {
    return levelsOf(query, this.#seeView, this, this.#ctes);
  }

  /** Another arm of the set operation that this one begins: it sees the same CTEs. */
  arm(query: TreeNode): QueryLevel {
    return new QueryLevel(query, this.#seeView, this.parent, this.#ctes);
  }
}

function orders(query: TreeNode): readonly TreeNode[] {
  return [...childrenOf(query, 'orderby'), ...childrenOf(query, '_orderby')];
}

function conditionsOf(node: TreeNode | undefined, clause: Condition['clause']): readonly Condition[] {
  if (node === undefined) return [];
  const isAnd = node['type'] === 'binary_expr' && nameOf(node['operator'])?.toUpperCase() === 'AND';
  if (!isAnd) return [{ node, clause }];
  return [...conditionsOf(childOf(node, 'left'), clause), ...conditionsOf(childOf(node, 'right'), clause)];
}

const levels = new WeakMap<TreeNode, readonly QueryLevel[]>();

/** The SELECTs of a query: one, or as many as its set operations join. */
export function levelsOf(query: TreeNode, seeView?: SeeView, parent?: QueryLevel, ctes?: Ctes): readonly QueryLevel[] {
  const known = levels.get(query);
  if (known !== undefined) return known;
  const first = new QueryLevel(query, seeView, parent, ctes);
  const arms = [first];
  for (let arm = childOf(query, '_next'); arm !== undefined; arm = childOf(arm, '_next')) arms.push(first.arm(arm));
  levels.set(query, arms);
  return arms;
}

/** Reads the sources of a FROM, with the conditions of its joins. */
class FromReader {
  readonly sources: LevelSource[] = [];
  readonly conditions: Condition[] = [];
  readonly usings: UsingJoin[] = [];
  readonly #parent: QueryLevel | undefined;
  readonly #ctes: Ctes | undefined;
  readonly #seeView: SeeView | undefined;

  constructor(parent: QueryLevel | undefined, ctes: Ctes | undefined, seeView: SeeView | undefined) {
    this.#parent = parent;
    this.#ctes = ctes;
    this.#seeView = seeView;
  }

  readAll(from: unknown): void {
    for (const item of Array.isArray(from) ? from : [from]) if (isNode(item)) this.#read(item);
  }

  #read(item: TreeNode): void {
    if (item['type'] === 'dual') return;
    const left = [...this.sources];
    const inner = item['expr'];
    if (Array.isArray(inner)) {
      this.readAll(inner);
      this.readAll(item['joins']);
    } else this.sources.push(this.#source(item, inner));
    const right = this.sources.slice(left.length);
    const nullable = nullableOf(nameOf(item['join']) ?? '', left, right);
    const on = childOf(item, 'on');
    // The ON of an outer join counts as a whole: one arm that is false makes it a join with nothing.
    if (nullable !== undefined && on !== undefined) {
      this.conditions.push({ node: on, clause: 'outer join', nullable });
    } else this.conditions.push(...conditionsOf(on, 'join'));
    const isUsing = Array.isArray(item['using']) && item['using'].length > 0;
    if (isUsing) this.usings.push({ left, right, nullable });
  }

  #source(item: TreeNode, inner: unknown): LevelSource {
    const name = nameOf(item['table']) ?? '';
    const alias = (nameOf(item['as']) ?? name).toLowerCase();
    if (isNode(inner)) {
      const query = childOf(inner, 'ast');
      const isLateral = nameOf(item['prefix'])?.toLowerCase() === 'lateral';
      // A lateral one may give the columns of the tables beside it another name.
      const arms = query === undefined || isLateral ? undefined : this.#levelsOf(query, this.#parent, this.#ctes);
      return { alias, table: undefined, arms, names: [] };
    }
    const schema = nameOf(item['db']);
    const cte = schema === undefined ? find(name, this.#ctes) : undefined;
    if (cte === undefined) {
      const view = this.#seeView?.(schema, name);
      return view === undefined
        ? { alias, table: name.toLowerCase(), arms: undefined, names: [] }
        : { alias, table: undefined, ...view };
    }
    const query = childOf(childOf(cte.cte, 'stmt') ?? {}, 'ast');
    const names = childrenOf(cte.cte, 'columns').map((column) => (nameOf(column['column']) ?? '').toLowerCase());
    // Its own name in it is the real table, or, with RECURSIVE, the rows that it has already.
    const arms = query === undefined ? undefined : this.#levelsOf(query, cte.parent, cte.before);
    return { alias, table: undefined, arms, names };
  }

  #levelsOf(query: TreeNode, parent: QueryLevel | undefined, ctes: Ctes | undefined): readonly QueryLevel[] {
    return levelsOf(query, this.#seeView, parent, ctes);
  }
}

/** Undefined for an inner join. Of a full join both sides may stay empty, and none is tied to the other. */
function nullableOf(
  join: string,
  left: readonly LevelSource[],
  right: readonly LevelSource[],
): readonly LevelSource[] | undefined {
  if (/FULL/i.test(join)) return [...left, ...right];
  if (/RIGHT/i.test(join)) return left;
  return /LEFT/i.test(join) ? right : undefined;
}

function find(name: string, ctes: Ctes | undefined): Ctes | undefined {
  for (let at = ctes; at !== undefined; at = at.before) if (at.name === name) return at;
  return undefined;
}
