import { anyType, expression, literal, reference, type Want } from './expression-writer.js';
import { inConditions, named, type Scope, type Term, type Writer } from './scope.js';

/** A condition that is wanted. Its type does not matter. */
export type ConditionWant = Omit<Want, 'type'>;

const KINDS = [
  ...(['comparison', 'comparison', 'comparison', 'comparison', 'comparison', 'comparison'] as const),
  ...(['both', 'either', 'not', 'existence', 'membership', 'membership', 'membership'] as const),
];

/** Writes a condition. */
export function condition(writer: Writer, scope: Scope, want: ConditionWant): Term {
  const { draw } = writer;
  const less = { ...want, depth: want.depth - 1 };
  const part = (): Term => condition(writer, scope, less);
  switch (want.depth <= 0 ? 'comparison' : draw.pick(KINDS)) {
    case 'both':
      return joined('AND', part(), part());
    case 'either':
      return joined('OR', part(), part());
    case 'not':
      return prefixed('NOT', part());
    case 'existence':
      return existence(writer, scope, less);
    case 'membership':
      return membership(writer, scope, less);
    case 'comparison':
      return comparison(writer, scope, less);
  }
}

function joined(word: string, one: Term, other: Term): Term {
  return { sql: `(${one.sql} ${word} ${other.sql})`, secret: one.secret || other.secret };
}

function prefixed(word: string, { sql, secret }: Term): Term {
  return { sql: `${word} (${sql})`, secret };
}

function comparison(writer: Writer, scope: Scope, want: ConditionWant): Term {
  const { draw } = writer;
  const type = anyType(writer);
  const value = (depth = want.depth): Term => expression(writer, scope, { ...want, type, depth });
  const one = value();
  const secret = (...others: readonly Term[]): boolean => [one, ...others].some((term) => term.secret);
  switch (draw.below(6)) {
    case 3:
      // Whether a masked column has a value is no secret; whether something made of it has one may tell of the value.
      return { sql: `${one.sql} IS ${draw.pick(['NOT NULL', 'NULL'])}`, secret: one.secret && one.isColumn !== true };
    case 4: {
      const [low, high] = [value(0), value(0)];
      return { sql: `${one.sql} BETWEEN ${low.sql} AND ${high.sql}`, secret: secret(low, high) };
    }
    case 5: {
      const list = [value(0), value(0)];
      return { sql: `${one.sql} IN (${list.map(({ sql }) => sql).join(', ')})`, secret: secret(...list) };
    }
    default: {
      const other = value(0);
      const operator = draw.pick(['=', '<>', '<', '>=', '=', '<=>', 'LIKE', '>']);
      return { sql: `${one.sql} ${operator} ${other.sql}`, secret: secret(other) };
    }
  }
}

function existence(writer: Writer, scope: Scope, { depth, secrets, keys }: ConditionWant): Term {
  const outer = keys === undefined ? scope : undefined;
  const { sql } = writer.query({ outer, ctes: scope.ctes, depth, secrets });
  return { sql: `${writer.draw.pick(['', 'NOT '])}EXISTS (${sql})`, secret: false };
}

/** IN, ANY or ALL of a query, of one value or a row of two. */
function membership(writer: Writer, scope: Scope, { depth, secrets, keys }: ConditionWant): Term {
  const { draw } = writer;
  const types = draw.rarely(4) ? [anyType(writer), anyType(writer)] : [anyType(writer)];
  const values = types.map((type) => expression(writer, scope, { type, secrets, depth: 0, keys }));
  const outer = keys === undefined ? scope : undefined;
  const { sql, columns } = writer.query({ outer, ctes: scope.ctes, types, depth, secrets, isBare: true });
  const [one = '', ...others] = values.map((value) => value.sql);
  const left = others.length === 0 ? one : `(${[one, ...others].join(', ')})`;
  const word = draw.pick(['IN', 'NOT IN', ...(others.length === 0 ? ['= ANY', '>= ALL'] : [])]);
  return { sql: `${left} ${word} (${sql})`, secret: [...values, ...columns].some(({ secret }) => secret) };
}

/** A masked column that is looked up by a value, which may be the right one. Undefined where there is no masked column. */
export function lookup(writer: Writer, scope: Scope): string | undefined {
  const { draw, secrets } = writer;
  const found = scope.sources.flatMap((source) =>
    named(
      source.columns.filter((column) => column.secret),
      undefined,
      'any',
    ).map((column) => ({ source, column })),
  );
  if (found.length === 0) return undefined;
  const { source, column } = draw.pick(found);
  const right = secrets.filter(({ type }) => type === column.type);
  const value = (): string => {
    if (draw.rarely(3)) return literal(writer, column.type);
    const { text } = draw.pick(right);
    if (draw.rarely(3)) return writer.parameter(text);
    return column.type === 'number' ? text : `'${text}'`;
  };
  const name = reference(writer, scope, source, column);
  return draw.pick([`${name} = ${value()}`, `${name} IN (${value()}, ${value()})`, `${name} IS NOT NULL`]);
}

/** What stands behind WHERE; empty for nothing. */
export function where(writer: Writer, scope: Scope, depth: number): string {
  const { draw } = writer;
  const kind = draw.below(6);
  if (kind < 3) return '';
  const asked = (): string => condition(writer, scope, { secrets: inConditions(writer), depth }).sql;
  if (kind === 3) return ` WHERE ${asked()}`;
  const looked = lookup(writer, scope);
  if (looked === undefined) return ` WHERE ${asked()}`;
  return ` WHERE ${draw.pick([looked, `${looked} AND ${asked()}`, `(${looked} OR ${asked()})`])}`;
}
