import { condition, where } from './condition-writer.js';
import { anyType, expression, type Key } from './expression-writer.js';
import { from, listedNames, renamed } from './from-writer.js';
import type { Column, Table } from './leak-schema.js';
import { writtenName } from './name-writer.js';
import { type Outputs, outputs } from './output-writer.js';
import { inConditions, named, type Query, type QueryOrder, type Scope, type Writer } from './scope.js';
import type { Type } from './secret-values.js';
import { NAMED_WINDOW } from './templates.js';

/** Writes a query: CTEs, SELECTs, set operations. */
export function query(writer: Writer, order: QueryOrder): Query {
  const { draw } = writer;
  const isDeep = order.depth > 0;
  if (isDeep && draw.rarely(7)) return withCtes(writer, order);
  return isDeep && draw.rarely(6) ? compound(writer, order) : select(writer, order);
}

const CTE_NAMES = ['w', 'v', 'people', 'events', 'cte', 'Cards'];

function withCtes(writer: Writer, order: QueryOrder): Query {
  const { draw } = writer;
  const isRecursive = draw.rarely(3);
  const ctes = [...order.ctes];
  const texts: string[] = [];
  const own = new Set<string>();
  for (let left = 1 + draw.below(2); left > 0; left -= 1) {
    const name = draw.pick(CTE_NAMES.filter((each) => !own.has(each)));
    own.add(name);
    const { sql, columns } =
      isRecursive && draw.rarely(2) ? recursive(writer, order, ctes, name) : plainCte(writer, order, ctes);
    texts.push(`${name}${sql}`);
    ctes.push({ name, columns });
  }
  const inner = select(writer, { ...order, ctes });
  return { ...inner, sql: `WITH ${isRecursive ? 'RECURSIVE ' : ''}${texts.join(', ')} ${inner.sql}` };
}

interface CteText {
  readonly sql: string;
  readonly columns: readonly Column[];
}

function plainCte(writer: Writer, order: QueryOrder, ctes: readonly Table[]): CteText {
  const { secrets, depth } = order;
  const isListed = writer.draw.rarely(3);
  const inner = writer.query({ outer: undefined, ctes, depth: depth - 1, secrets, isTable: !isListed });
  if (!isListed) return { sql: ` AS (${inner.sql})`, columns: inner.columns };
  const names = listedNames(inner.columns.length, writer);
  return { sql: `${columnList(names)} AS (${inner.sql})`, columns: renamed(inner.columns, names) };
}

function columnList(names: readonly string[]): string {
  return ` (${names.map((name) => `\`${name}\``).join(', ')})`;
}

/** A CTE that reads itself twice at most, and gives values from column to column. */
function recursive(writer: Writer, order: QueryOrder, ctes: readonly Table[], name: string): CteText {
  const { draw } = writer;
  const { secrets, depth } = order;
  const type: Type = draw.pick(['text', 'number']);
  const anchor = writer.query({
    outer: undefined,
    ctes,
    types: [type, type],
    depth: depth - 1,
    secrets,
    isTable: true,
  });
  const names = ['n', ...listedNames(2, writer)];
  const [, one = '', other = ''] = names;
  const wide = (sql: string): string => (type === 'text' ? `CAST(${sql} AS CHAR(99))` : sql);
  const [first, second] = anchor.columns.map((column) => wide(`\`${column.name}\``));
  const set = draw.pick(['UNION ALL', 'UNION']);
  const [oneIsSecret = false, otherIsSecret = false] = anchor.columns.map((column) => column.secret);
  const either = oneIsSecret || otherIsSecret;
  const { step, secret } = draw.pick([
    { step: `SELECT n + 1, \`${other}\`, \`${one}\` FROM ${name} WHERE n < 3`, secret: [false, either, either] },
    {
      step: `SELECT r.n + 1, r.\`${other}\`, ${wide('e.kind')} FROM ${name} r JOIN events e ON e.id = r.n WHERE r.n < 3`,
      secret: [false, either, otherIsSecret],
    },
    {
      step: `SELECT r.n + 1, ${wide('p.email')}, r.\`${one}\` FROM ${name} AS r JOIN people p ON p.id = r.n WHERE r.n < 3`,
      secret: [false, true, true],
    },
  ]);
  const sql = `${columnList(names)} AS (SELECT 1, ${first ?? ''}, ${second ?? ''} FROM (${anchor.sql}) AS z ${set} ${step})`;
  const columns = names.map(
    (each, index) => ({ name: each, type: index === 0 ? 'number' : type, secret: secret[index] === true }) as const,
  );
  return { sql, columns };
}

const SET_WORDS = ['UNION ALL', 'UNION', 'UNION', 'EXCEPT', 'INTERSECT', 'UNION DISTINCT'];

function compound(writer: Writer, order: QueryOrder): Query {
  const { draw } = writer;
  const less = { ...order, depth: order.depth - 1, isBare: true, isSingle: false };
  const words = Array.from({ length: 1 + (draw.rarely(4) ? 1 : 0) }, () => draw.pick(SET_WORDS));
  // INTERSECT and EXCEPT compare their columns.
  const isCompared = words.some((word) => word === 'EXCEPT' || word === 'INTERSECT');
  const head = armOf(writer, isCompared ? { ...less, secrets: inConditions(writer) } : less);
  const types = head.columns.map(({ type }) => type);
  const secrets = isCompared ? inConditions(writer) : order.secrets;
  const others = words.map((word) => ({ word, arm: armOf(writer, { ...less, types, secrets, isTable: false }) }));
  const columns = head.columns.map((column, index) => ({
    ...column,
    secret: [head, ...others.map(({ arm }) => arm)].some((arm) => arm.columns[index]?.secret === true),
  }));
  const text = [head.sql, ...others.map(({ word, arm }) => `${word} ${arm.sql}`)].join(' ');
  const rows = others.reduce((sum, { arm }) => sum + arm.rows, head.rows);
  return { sql: `${text}${compoundTail(writer, order, columns)}`, columns, rows };
}

/** A SELECT of a set operation, in parentheses or not; in parentheses, it may be a set operation, and be ordered and limited. */
function armOf(writer: Writer, order: QueryOrder): Query {
  const { draw } = writer;
  if (!draw.rarely(4)) return select(writer, order);
  const isDeep = order.depth > 0 && draw.rarely(4);
  const inner = (isDeep ? compound : select)(writer, { ...order, isBare: draw.rarely(2) });
  return { ...inner, sql: `(${inner.sql})` };
}

function compoundTail({ draw, isRude }: Writer, order: QueryOrder, columns: readonly Column[]): string {
  if (order.isSingle === true) return ' LIMIT 1';
  if (order.isBare === true || !draw.rarely(3)) return '';
  const fitting = columns.flatMap((column, index) => (isRude || !column.secret ? [{ column, index }] : []));
  if (fitting.length === 0) return ' LIMIT 5';
  const { column, index } = draw.pick(fitting);
  const by = column.name === '' || draw.rarely(2) ? String(index + 1) : writtenName(draw, column.name);
  return ` ORDER BY ${by}${draw.pick(['', ' DESC'])}${draw.pick(['', ' LIMIT 4', ' LIMIT 3 OFFSET 1'])}`;
}

function select(writer: Writer, order: QueryOrder): Query {
  const { draw } = writer;
  if (draw.rarely(30)) return withoutTable(writer, order);
  const source = from(writer, order);
  const keys = groupKeys(writer, source.scope, order);
  const out = outputs(writer, source.scope, order, keys);
  const head = `SELECT ${draw.pick(['', '', '', '', 'DISTINCT ', '', 'ALL ', 'SQL_NO_CACHE '])}${out.items.join(', ')}`;
  const filter = where(writer, source.scope, Math.min(order.depth, 2));
  const window = head.includes(NAMED_WINDOW) ? namedWindow(writer, source.scope, keys) : '';
  const tail = `${grouping(writer, source.scope, order, keys, out)}${window}${ordering(writer, source.scope, order, keys, out)}`;
  const rows = keys === undefined ? source.rows : Math.min(source.rows, 4);
  return {
    sql: `${head} FROM ${source.sql}${filter}${tail}`,
    columns: out.columns,
    rows: order.isSingle === true ? 1 : rows,
  };
}

function namedWindow(writer: Writer, scope: Scope, keys: readonly Key[] | undefined): string {
  const want = { type: anyType(writer), secrets: inConditions(writer), depth: 0, keys };
  return ` WINDOW w AS (${writer.draw.pick(['ORDER', 'PARTITION'])} BY ${expression(writer, scope, want).sql})`;
}

function withoutTable(writer: Writer, order: QueryOrder): Query {
  const scope: Scope = { sources: [], star: [], outer: order.outer, ctes: order.ctes };
  const types = order.types ?? [anyType(writer)];
  const out = outputs(writer, scope, { ...order, types }, undefined);
  return { sql: `SELECT ${out.items.join(', ')}`, columns: out.columns, rows: 1 };
}

/** What a query is grouped by: nothing for a single group. Undefined where it is not grouped. */
function groupKeys(writer: Writer, scope: Scope, order: QueryOrder): readonly Key[] | undefined {
  const { draw } = writer;
  if (!draw.rarely(order.isSingle === true ? 3 : 5)) return undefined;
  const count = draw.pick([1, 1, 0, 2]);
  return Array.from({ length: count }, () => {
    const type = anyType(writer);
    const term = expression(writer, scope, { type, secrets: inConditions(writer), depth: draw.rarely(4) ? 1 : 0 });
    return { ...term, type };
  });
}

function grouping(
  writer: Writer,
  scope: Scope,
  { depth, secrets }: QueryOrder,
  keys: readonly Key[] | undefined,
  out: Outputs,
): string {
  if (keys === undefined) return '';
  const { draw } = writer;
  const by = keys.map((key) => {
    const position = out.items.indexOf(key.sql);
    if (position >= 0 && draw.rarely(3)) return String(position + 1);
    return /^(-?\d|')/.test(key.sql) ? `(${key.sql})` : (aliasOf(out, key.sql) ?? key.sql);
  });
  const group = by.length === 0 ? '' : ` GROUP BY ${by.join(', ')}${draw.rarely(5) ? ' WITH ROLLUP' : ''}`;
  if (!draw.rarely(3)) return group;
  const wanted = writer.isRude ? secrets : 'none';
  return `${group} HAVING ${condition(writer, scope, { secrets: wanted, depth: Math.min(1, depth), keys }).sql}`;
}

function aliasOf(out: Outputs, sql: string): string | undefined {
  const item = out.items.find((each) => each.startsWith(`${sql} AS `));
  const name = item?.slice(sql.length + 4);
  return name?.startsWith("'") === true ? undefined : name;
}

function ordering(
  writer: Writer,
  scope: Scope,
  order: QueryOrder,
  keys: readonly Key[] | undefined,
  out: Outputs,
): string {
  const { draw, isRude } = writer;
  if (order.isSingle === true) return ' LIMIT 1';
  if (order.isBare === true) return '';
  const limit = draw.pick(['', '', '', '', ' LIMIT 3', ' LIMIT 2 OFFSET 1']);
  if (!draw.rarely(4)) return limit;
  const items = Array.from({ length: 1 + draw.below(2) }, () => {
    const nameable = named(out.columns, undefined, isRude ? 'any' : 'none');
    const kind = draw.below(3);
    if (kind === 1 && nameable.length > 0) return writtenName(draw, draw.pick(nameable).name);
    const position = draw.below(out.columns.length);
    if (kind === 2 && (isRude || out.columns[position]?.secret === false)) return String(position + 1);
    return expression(writer, scope, { type: anyType(writer), secrets: inConditions(writer), depth: 1, keys }).sql;
  });
  return ` ORDER BY ${items.map((item) => `${item}${draw.pick(['', ' DESC'])}`).join(', ')}${limit}`;
}
