import fc from 'fast-check';

/** A query with the real tables that it reads, as the one that wrote it knows them. */
export interface KnownQuery {
  readonly sql: string;
  readonly tables: ReadonlySet<string>;
  /** A CTE within a CTE reads a table of its own name, over which MariaDB may hang. */
  readonly mayHang: boolean;
}

/** What was written so far. */
interface Writing {
  readonly draw: Draw;
  readonly tables: Set<string>;
  /** CTEs whose definitions are being written, from the outside in. */
  readonly definitions: { readonly name: string; readonly isRecursive: boolean }[];
  mayHang: boolean;
}

/** Names are few, so that CTEs have those of tables. */
const NAMES = ['a', 'b', 'c'] as const;

/** Draws whatever decides what the query looks like. */
type Draw = (limit: number) => number;

/**
 * Queries of CTEs, derived tables, joins, subqueries and set operations, in parentheses or not. The tables follow from the rules of the
 * SQL standard for the scope of WITH, which the writer of the text applies while it writes.
 */
export const knownQueries: fc.Arbitrary<KnownQuery> = fc
  .array(fc.nat(1_000_000), { minLength: 60, maxLength: 60 })
  .map((numbers) => {
    let at = 0;
    const draw: Draw = (limit) => (numbers[at++ % numbers.length] ?? 0) % limit;
    const writing: Writing = { draw, tables: new Set(), definitions: [], mayHang: false };
    const sql = query(writing, new Set(), 3);
    return { sql, tables: writing.tables, mayHang: writing.mayHang };
  });

function query(writing: Writing, ctes: ReadonlySet<string>, depth: number): string {
  const { draw } = writing;
  const visible = new Set(ctes);
  const clause = depth > 0 && draw(3) === 0 ? withClause(writing, visible, depth) : '';
  const count = depth > 0 && draw(3) === 0 ? 2 + draw(2) : 1;
  const arms = Array.from({ length: count }, (_, index) => {
    const isPlain = (index === 0 && clause !== '') || depth === 0 || draw(3) > 0;
    return isPlain ? select(writing, visible, depth) : `(${query(writing, visible, depth - 1)})`;
  });
  return `${clause}${arms.join(draw(2) === 0 ? ' UNION ' : ' UNION ALL ')}`;
}

function withClause(writing: Writing, visible: Set<string>, depth: number): string {
  const { draw } = writing;
  const isRecursive = draw(3) === 0;
  const parts = NAMES.filter(() => draw(2) === 0).map((name) => {
    if (isRecursive) visible.add(name);
    writing.definitions.push({ name, isRecursive });
    const text = `${name} AS (${query(writing, visible, depth - 1)})`;
    writing.definitions.pop();
    visible.add(name);
    return text;
  });
  return parts.length === 0 ? '' : `WITH ${isRecursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
}

function select(writing: Writing, visible: ReadonlySet<string>, depth: number): string {
  const { draw } = writing;
  const from = source(writing, visible, depth, 'x');
  const joined = draw(3) === 0 ? ` JOIN ${source(writing, visible, depth, 'y')} ON x.id = y.id` : '';
  const nested = depth > 0 && draw(4) === 0;
  const where = nested ? ` WHERE x.id IN (${query(writing, visible, depth - 1)})` : '';
  return `SELECT x.id FROM ${from}${joined}${where}`;
}

function source(writing: Writing, visible: ReadonlySet<string>, depth: number, alias: string): string {
  const { draw, tables, definitions } = writing;
  if (depth > 0 && draw(4) === 0) return `(${query(writing, visible, depth - 1)}) AS ${alias}`;
  const name = NAMES[draw(NAMES.length)] ?? 'a';
  const isQualified = draw(5) === 0;
  if (isQualified || !visible.has(name)) tables.add(name);
  const own = definitions.findLastIndex((definition) => definition.name === name && !definition.isRecursive);
  if (!isQualified && own > 0) writing.mayHang = true;
  return `${isQualified ? 'shop.' : ''}${name} AS ${alias}`;
}
