import { anyType, expression, type Key, windowed } from './expression-writer.js';
import type { Column } from './leak-schema.js';
import { alias, foldedName } from './name-writer.js';
import type { QueryOrder, Scope, Term, Writer } from './scope.js';
import type { Type } from './secret-values.js';

/** What stands between SELECT and FROM. */
export interface Outputs {
  readonly items: readonly string[];
  readonly columns: readonly Column[];
}

/** Output columns while they are being written. */
class OutputList {
  readonly items: string[] = [];
  readonly columns: Column[] = [];
  readonly #taken = new Set<string>();

  /** @param isTable - each name only once */
  add(writer: Writer, { sql, secret }: Term, type: Type, isTable: boolean): void {
    const { draw } = writer;
    const own = ownName(sql);
    const isFree = own !== '' && !this.#taken.has(foldedName(own));
    const isNamed = isTable ? !isFree || draw.rarely(3) : draw.rarely(3);
    const [written, name] = isNamed ? alias(draw, isTable ? this.#taken : undefined) : ['', own];
    this.items.push(isNamed ? `${sql}${draw.pick([' AS ', ' '])}${written}` : sql);
    this.#push({ name, type, secret });
  }

  /** A star; false where it would give a name twice. */
  addStar(sql: string, columns: readonly Column[], isTable: boolean): boolean {
    const names = columns.map(({ name }) => foldedName(name));
    const isTwice = new Set(names).size < names.length || names.some((name) => this.#taken.has(name));
    if (isTwice && isTable) return false;
    this.items.push(sql);
    for (const column of columns) this.#push(column);
    return true;
  }

  #push(column: Column): void {
    this.columns.push(column);
    if (column.name !== '') this.#taken.add(foldedName(column.name));
  }
}

/** By which name others find an expression that has no alias. Empty for what is no column. */
function ownName(sql: string): string {
  const plain = /^(?:[\w`]+\s?\.\s?)?`?([A-Za-z_ ]+)`?$/.exec(sql);
  return plain?.[1] ?? '';
}

/** Writes the output columns of a SELECT. @param keys - what it is grouped by */
export function outputs(writer: Writer, scope: Scope, order: QueryOrder, keys: readonly Key[] | undefined): Outputs {
  const { draw } = writer;
  const list = new OutputList();
  const isTable = order.isTable === true;
  const add = (type: Type): void => {
    const want = { type, secrets: order.secrets, depth: Math.min(order.depth, 2), keys };
    const isWindow = order.isSingle !== true && draw.rarely(12);
    list.add(writer, isWindow ? windowed(writer, scope, want) : expression(writer, scope, want), type, isTable);
  };
  if (order.types !== undefined) {
    for (const type of order.types) add(type);
    return list;
  }
  for (let left = 1 + draw.below(4); left > 0; left -= 1) {
    const isStar = keys === undefined && order.secrets !== 'none' && draw.rarely(5);
    if (!isStar || !star(writer, scope, list, isTable)) add(anyType(writer));
  }
  return list;
}

function star({ draw }: Writer, scope: Scope, list: OutputList, isTable: boolean): boolean {
  const { sources } = scope;
  // Only the first item may be an unqualified star.
  if (list.items.length === 0 && draw.rarely(2)) return list.addStar('*', scope.star, isTable);
  const source = draw.pick(sources);
  return list.addStar(`${source.alias}.*`, source.columns, isTable);
}
