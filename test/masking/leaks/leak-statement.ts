import type { Flavour } from '../../database/types.js';
import type { Draw } from './draw.js';
import { query } from './query-writer.js';
import { SCHEMA, type Writer } from './scope.js';
import type { Secret } from './secret-values.js';

/** A statement that was written. */
export interface LeakStatement {
  readonly sql: string;
  readonly values: readonly string[];
}

/** What a statement is written for. */
export interface Target {
  readonly flavour: Flavour;
  /** Name of the schema. */
  readonly schema: string;
  /** What the statement may look up. */
  readonly secrets: readonly Secret[];
}

const DEPTHS = [1, 1, 2, 2, 1, 3];
const PARAMETER = /\ue001(.*?)\ue001/g;

/** Writes the statement that draws decide. For twins it is the same, but for the secrets that it looks up and the schema's name. */
export function writeStatement(draw: Draw, { flavour, schema, secrets }: Target): LeakStatement {
  const writer: Writer = {
    draw,
    flavour,
    secrets,
    isRude: draw.rarely(3),
    parameter: (value) => `\ue001${value}\ue001`,
    query: (order) => query(writer, order),
  };
  const order = {
    outer: undefined,
    ctes: [],
    depth: draw.pick(DEPTHS),
    secrets: writer.isRude ? 'any' : 'total',
  } as const;
  const { sql } = query(writer, order);
  const values = Array.from(sql.matchAll(PARAMETER), ([, value = '']) => value);
  return { sql: sql.replaceAll(PARAMETER, '?').replaceAll(SCHEMA, schema), values };
}
