import type { Flavour } from '../../database/types.js';
import type { Draw } from './draw.js';
import type { Column, Table } from './leak-schema.js';
import type { Secret, Type } from './secret-values.js';

/** Something in a FROM. */
export interface Source {
  readonly alias: string;
  readonly columns: readonly Column[];
}

/** What names mean within a SELECT. */
export interface Scope {
  readonly sources: readonly Source[];
  /** What `*` stands for. */
  readonly star: readonly Column[];
  /** The query around it, where it may be seen. */
  readonly outer: Scope | undefined;
  readonly ctes: readonly Table[];
}

/**
 * Where masked columns may stand: anywhere; only in what neither fails nor acts; nowhere. It guides the writer towards statements that may run,
 * and is no part of the check.
 */
export type Secrets = 'any' | 'total' | 'none';

/** A query that is wanted. */
export interface QueryOrder {
  readonly outer: Scope | undefined;
  readonly ctes: readonly Table[];
  /** Its columns; undefined for whichever. */
  readonly types?: readonly Type[] | undefined;
  readonly depth: number;
  readonly secrets: Secrets;
  /** It makes a table: its columns have names, each of its own. */
  readonly isTable?: boolean;
  /** It has one row at most. */
  readonly isSingle?: boolean;
  /** It may not have a LIMIT. */
  readonly isBare?: boolean;
}

/** A query, with its columns. */
export interface Query {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** How many rows it may have, roughly. */
  readonly rows: number;
}

/** What writes a statement. */
export interface Writer {
  readonly draw: Draw;
  readonly flavour: Flavour;
  /** Masked columns may stand where they are refused. */
  readonly isRude: boolean;
  readonly secrets: readonly Secret[];
  /** Text that stands for a parameter of the statement. */
  parameter(value: string): string;
  query(order: QueryOrder): Query;
}

/** Text that stands for the name of the schema. */
export const SCHEMA = '\ue000schema\ue000';

/** An expression. */
export interface Term {
  readonly sql: string;
  readonly secret: boolean;
  /** It is a column by itself. */
  readonly isColumn?: boolean;
}

/** The columns of a type that can be named; of those that may not be secret, the others only. */
export function named(columns: readonly Column[], type: Type | undefined, secrets: Secrets): readonly Column[] {
  return columns.filter(
    (column) =>
      column.name !== '' && (type === undefined || column.type === type) && !(secrets === 'none' && column.secret),
  );
}

/** Where conditions may name masked columns. */
export function inConditions({ isRude }: Writer): Secrets {
  return isRude ? 'any' : 'none';
}
