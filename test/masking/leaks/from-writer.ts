import { expression, reference } from './expression-writer.js';
import { type Column, type Table, TABLES, VIEWS } from './leak-schema.js';
import { foldedName } from './name-writer.js';
import { inConditions, named, type QueryOrder, SCHEMA, type Scope, type Source, type Writer } from './scope.js';

/** A FROM, with what it brings into sight. */
export interface From {
  readonly sql: string;
  readonly scope: Scope;
  readonly rows: number;
}

interface Part {
  readonly sql: string;
  readonly source: Source;
  readonly rows: number;
}

/** What a join has joined so far. */
interface Joined {
  readonly sql: string;
  readonly sources: readonly Source[];
  readonly star: readonly Column[];
  readonly rows: number;
}

const TABLE_ROWS = 4;
const MOST_ROWS = 250;
const ALIASES = ['a', 'b', 'c', 'p', 'd', 'e', 'people', 'events', 'Cards', '`t t`'];

/** Writes what stands behind FROM. */
export function from(writer: Writer, order: QueryOrder): From {
  const first = part(writer, order, []);
  let all: Joined = { ...first, sources: [first.source], star: first.source.columns };
  for (let more = writer.draw.pick([0, 0, 0, 1, 1, 2]); more > 0; more -= 1) {
    const next = part(writer, order, all.sources);
    if (all.rows * next.rows > MOST_ROWS) break;
    all = join(writer, order, all, next);
  }
  const { sql, sources, star, rows } = all;
  return { sql, scope: { sources, star, outer: order.outer, ctes: order.ctes }, rows };
}

function part(writer: Writer, order: QueryOrder, before: readonly Source[]): Part {
  const { draw } = writer;
  const taken = new Set(before.map(({ alias }) => alias));
  const kind = draw.below(12);
  if (order.depth > 0 && kind >= 9) return derived(writer, order, before, taken);
  const known = order.ctes.length > 0 && kind >= 6 ? order.ctes : kind === 5 ? VIEWS : TABLES;
  return tablePart(writer, draw.pick(known), order.ctes, taken);
}

/** A table, view or CTE. Where a CTE has the name of a table, the CTE is meant. */
function tablePart(writer: Writer, wanted: Table, ctes: readonly Table[], taken: ReadonlySet<string>): Part {
  const { draw } = writer;
  const isCte = ctes.some(({ name }) => name === wanted.name);
  const isQualified = draw.rarely(12);
  const table = isQualified || !isCte ? wanted : (ctes.findLast(({ name }) => name === wanted.name) ?? wanted);
  const name = `${isQualified ? `${SCHEMA}.` : ''}${draw.rarely(10) ? `\`${table.name}\`` : table.name}`;
  const isNamed = taken.has(table.name) || draw.rarely(2);
  const alias = isNamed ? freeAlias(writer, taken) : table.name;
  const sql = isNamed ? `${name}${draw.pick([' ', ' AS '])}${alias}` : name;
  return { sql, source: { alias, columns: table.columns }, rows: TABLE_ROWS };
}

function freeAlias({ draw }: Writer, taken: ReadonlySet<string>): string {
  const free = ALIASES.filter((name) => !taken.has(name));
  return draw.pick(free);
}

function derived(writer: Writer, order: QueryOrder, before: readonly Source[], taken: ReadonlySet<string>): Part {
  const { draw, flavour } = writer;
  const { ctes, depth, secrets } = order;
  const isLateral = flavour === 'mysql' && before.length > 0 && draw.rarely(4);
  const around: Scope = { sources: before, star: [], outer: order.outer, ctes };
  const outer = isLateral ? around : flavour === 'mysql' && draw.rarely(4) ? order.outer : undefined;
  const isListed = draw.rarely(flavour === 'mysql' ? 4 : 40);
  const query = writer.query({ outer, ctes, depth: depth - 1, secrets, isTable: !isListed });
  const alias = freeAlias(writer, taken);
  const names = isListed ? listedNames(query.columns.length, writer) : undefined;
  const columns = names === undefined ? query.columns : renamed(query.columns, names);
  const list = names === undefined ? '' : ` (${names.map((name) => `\`${name}\``).join(', ')})`;
  const sql = `${isLateral ? 'LATERAL ' : ''}(${query.sql})${draw.pick([' ', ' AS '])}${alias}${list}`;
  return { sql, source: { alias, columns }, rows: query.rows };
}

const LISTED = ['email', 'id', 'x', 'name', 'salary', 'Born', 'city'];

/** Names of a column list, often those of other columns. */
export function listedNames(count: number, { draw }: Writer): readonly string[] {
  const first = draw.below(LISTED.length);
  return Array.from({ length: count }, (_, at) =>
    at < LISTED.length ? (LISTED[(first + at) % LISTED.length] ?? '') : `n${String(at)}`,
  );
}

/** Columns with other names. */
export function renamed(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  return columns.map((column, index) => ({ ...column, name: names[index] ?? '' }));
}

const KINDS = [
  ...(['on', 'on', 'on', 'left', 'right', 'straight', 'cross', 'comma', 'using', 'using', 'leftUsing'] as const),
  ...(['natural', 'naturalLeft'] as const),
];
const WORDS = {
  ...{ on: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', straight: 'STRAIGHT_JOIN', using: 'JOIN' },
  ...{ leftUsing: 'LEFT JOIN', natural: 'NATURAL JOIN', naturalLeft: 'NATURAL LEFT JOIN', cross: 'CROSS JOIN' },
};

function join(writer: Writer, order: QueryOrder, left: Joined, right: Part): Joined {
  const kind = writer.draw.pick(KINDS);
  const plain = {
    sources: [...left.sources, right.source],
    star: [...left.star, ...right.source.columns],
    rows: left.rows * right.rows,
  };
  if (kind === 'comma') return { ...plain, sql: `${left.sql}, ${right.sql}` };
  if (kind === 'cross') return { ...plain, sql: `${left.sql} CROSS JOIN ${right.sql}` };
  const isNatural = kind === 'natural' || kind === 'naturalLeft';
  const isMerged = isNatural || kind === 'using' || kind === 'leftUsing';
  const using = isMerged ? mergedColumns(writer, left.star, right.source.columns, isNatural) : [];
  if (using.length > 0) {
    const list = isNatural ? '' : ` USING (${using.map(({ name }) => `\`${name}\``).join(', ')})`;
    const sql = `${left.sql} ${WORDS[kind]} ${right.sql}${list}`;
    return { ...plain, sql, star: mergedStar(left.star, right.source.columns, using), rows: left.rows };
  }
  const operand = writer.draw.rarely(40) ? `(${right.sql})` : right.sql;
  const word = isMerged ? 'JOIN' : WORDS[kind];
  const sql = `${left.sql} ${word} ${operand} ON ${onCondition(writer, order, left, right)}`;
  return { ...plain, sql: writer.draw.rarely(20) ? `(${sql})` : sql };
}

/** Columns of both sides, by which they are joined; a polite writer has no masked ones compared. */
function mergedColumns(
  { draw, isRude }: Writer,
  left: readonly Column[],
  right: readonly Column[],
  isNatural: boolean,
): readonly Column[] {
  const common = left.filter((column) => column.name !== '' && right.some((other) => isSame(column, other)));
  const isSecret = (column: Column): boolean =>
    column.secret || right.some((other) => isSame(column, other) && other.secret);
  const usable = isRude ? common : common.filter((column) => !isSecret(column));
  if (isNatural) return usable.length === common.length ? common : [];
  return usable.length === 0 ? [] : [draw.pick(usable)];
}

function isSame(one: Column, other: Column): boolean {
  return foldedName(one.name) === foldedName(other.name);
}

function mergedStar(left: readonly Column[], right: readonly Column[], using: readonly Column[]): readonly Column[] {
  const isMerged = (column: Column): boolean => using.some((other) => isSame(column, other));
  const rest = [...left, ...right].filter((column) => !isMerged(column));
  return [...left.filter(isMerged), ...rest];
}

function onCondition(writer: Writer, order: QueryOrder, left: Joined, right: Part): string {
  const { draw } = writer;
  const secrets = inConditions(writer);
  const scope: Scope = { sources: [...left.sources, right.source], star: [], outer: order.outer, ctes: order.ctes };
  const type = draw.pick(['number', 'number', 'text'] as const);
  const one = left.sources.flatMap((source) =>
    named(source.columns, type, secrets).map((column) => ({ source, column })),
  );
  const other = named(right.source.columns, type, secrets);
  if (one.length === 0 || other.length === 0 || draw.rarely(6)) {
    const value = (): string => expression(writer, scope, { type, secrets, depth: 0 }).sql;
    return `${value()} ${draw.pick(['=', '<', '<>'])} ${value()}`;
  }
  const { source, column } = draw.pick(one);
  return `${reference(writer, scope, source, column)} = ${reference(writer, scope, right.source, draw.pick(other))}`;
}
