import { condition } from './condition-writer.js';
import type { Column } from './leak-schema.js';
import { writtenName } from './name-writer.js';
import {
  inConditions,
  named,
  type Query,
  type Scope,
  type Secrets,
  type Source,
  type Term,
  type Writer,
} from './scope.js';
import type { Type } from './secret-values.js';
import { AGGREGATES, TEMPLATES, WINDOWS } from './templates.js';

/** An expression that is wanted. */
export interface Want {
  readonly type: Type;
  readonly secrets: Secrets;
  readonly depth: number;
  /** The query is grouped: columns stand in aggregates, but for what it is grouped by. */
  readonly keys?: readonly Key[] | undefined;
}

/** What a query is grouped by. */
export interface Key extends Term {
  readonly type: Type;
}

const TYPES: readonly Type[] = ['text', 'number', 'date'];
const KINDS = [
  ...(['column', 'column', 'column', 'column', 'column', 'template', 'template', 'template', 'template'] as const),
  ...(['literal', 'choice', 'subquery'] as const),
];
const HOLES: Readonly<Record<string, Type>> = { t: 'text', n: 'number', d: 'date' };

/** Writes an expression of a type, more or less. */
export function expression(writer: Writer, scope: Scope, want: Want): Term {
  const { draw } = writer;
  const kind = want.depth <= 0 ? (draw.rarely(5) ? 'literal' : 'column') : draw.pick(KINDS);
  switch (kind) {
    case 'column':
      return atom(writer, scope, want);
    case 'literal':
      return { sql: literal(writer, want.type), secret: false };
    case 'template':
      return templated(writer, scope, want);
    case 'choice':
      return choice(writer, scope, want);
    case 'subquery':
      return scalarSubquery(writer, scope, want);
  }
}

/** A type, text most of the time. */
export function anyType({ draw }: Writer): Type {
  return draw.pick(['text', 'number', 'text', 'date', 'number']);
}

/** A value that the statement brings along, and that is no secret. */
export function literal({ draw }: Writer, type: Type): string {
  if (draw.rarely(12)) return 'NULL';
  if (type === 'number') return draw.pick(['1', '2', '0', '3', '10', '25', '-1', '1.5']);
  if (type === 'date') return draw.pick(["'2021-03-05'", "'2024-02-03'", "DATE '2022-11-30'"]);
  return draw.pick(["'Rome'", "'Alice'", "'order'", "''", "'a%'", "'gold'", '"Oslo"']);
}

/** A column, or what may stand in its place where a query is grouped. */
function atom(writer: Writer, scope: Scope, want: Want): Term {
  const { keys, type, secrets } = want;
  if (keys === undefined) return columnOf(writer, scope, type, secrets);
  const { draw } = writer;
  const fitting = keys.filter((key) => key.type === type && !(secrets === 'none' && key.secret));
  if (fitting.length > 0 && !draw.rarely(3)) return draw.pick(fitting);
  if (draw.rarely(12)) return columnOf(writer, scope, type, secrets);
  return filled(writer, scope, draw.pick(AGGREGATES[type]), { ...want, keys: undefined, depth: want.depth - 1 });
}

/** A column of a type, or else another one, or a literal where there is none. */
function columnOf(writer: Writer, scope: Scope, type: Type, secrets: Secrets): Term {
  const { draw } = writer;
  const { outer } = scope;
  const isOuter = outer !== undefined && draw.rarely(6);
  const at = isOuter ? outer : scope;
  const wanted = draw.rarely(10) ? undefined : type;
  const all = at.sources.flatMap((source) =>
    named(source.columns, wanted, secrets).map((column) => ({ source, column })),
  );
  const masked = all.filter(({ column }) => column.secret);
  const found = masked.length > 0 && draw.rarely(3) ? masked : all;
  if (found.length === 0) return { sql: literal(writer, type), secret: false };
  const { source, column } = draw.pick(found);
  const isHidden = isOuter && scope.sources.some(({ alias }) => alias === source.alias);
  if (isHidden) return { sql: literal(writer, type), secret: false };
  return { sql: reference(writer, at, source, column, isOuter), secret: column.secret, isColumn: true };
}

/** The name of a column, qualified where it has to be. */
export function reference(writer: Writer, scope: Scope, source: Source, column: Column, isOuter = false): string {
  const { draw } = writer;
  const same = scope.sources.filter(({ columns }) => columns.some(({ name }) => name === column.name));
  const name = writtenName(draw, column.name);
  if (!isOuter && same.length === 1 && !draw.rarely(3)) return name;
  const isQuoted = source.alias.startsWith('`') || !draw.rarely(10);
  return `${isQuoted ? source.alias : `\`${source.alias}\``}${draw.rarely(40) ? ' . ' : '.'}${name}`;
}

function templated(writer: Writer, scope: Scope, want: Want): Term {
  const { text, isTelling } = writer.draw.pick(TEMPLATES[want.type]);
  const secrets = isTelling && want.secrets === 'total' ? 'none' : want.secrets;
  return filled(writer, scope, text, { ...want, secrets, depth: want.depth - 1 });
}

/** Fills the holes of a template. */
function filled(writer: Writer, scope: Scope, text: string, want: Want): Term {
  let secret = false;
  const sql = text.replaceAll(/\{([tndac])\}/g, (_hole, letter: string) => {
    const type = HOLES[letter] ?? anyType(writer);
    const secrets = letter === 'c' ? inConditions(writer) : want.secrets;
    const term = expression(writer, scope, { ...want, type, secrets, depth: letter === 'c' ? 0 : want.depth });
    secret ||= term.secret;
    return term.sql;
  });
  // Of a column, they tell how many of its values are not NULL.
  return { sql, secret: secret && !text.startsWith('COUNT') };
}

function choice(writer: Writer, scope: Scope, want: Want): Term {
  const { draw } = writer;
  const inner = { ...want, depth: want.depth - 1 };
  const [one, other] = [expression(writer, scope, inner), expression(writer, scope, inner)];
  const secret = one.secret || other.secret;
  if (draw.rarely(3)) {
    const compared = expression(writer, scope, { ...inner, type: draw.pick(TYPES) });
    return { sql: `CASE ${compared.sql} WHEN ${one.sql} THEN ${other.sql} END`, secret: secret || compared.secret };
  }
  const asked = condition(writer, scope, { ...inner, depth: Math.min(1, inner.depth) });
  const sql = draw.pick([
    `IF(${asked.sql}, ${one.sql}, ${other.sql})`,
    `CASE WHEN ${asked.sql} THEN ${one.sql} ELSE ${other.sql} END`,
  ]);
  return { sql, secret: secret || asked.secret };
}

function scalarSubquery(writer: Writer, scope: Scope, { type, secrets, depth, keys }: Want): Term {
  // What a grouped query is not grouped by may not be named within.
  const outer = keys === undefined ? scope : undefined;
  const { sql, columns }: Query = writer.query({
    ...{ outer, ctes: scope.ctes, types: [type], depth: depth - 1, isSingle: true },
    secrets: secrets === 'any' ? 'any' : secrets,
  });
  return { sql: `(${sql})`, secret: columns.some(({ secret }) => secret) };
}

/** A window function. */
export function windowed(writer: Writer, scope: Scope, want: Want): Term {
  return filled(writer, scope, writer.draw.pick(WINDOWS[want.type]), { ...want, depth: want.depth - 1 });
}
