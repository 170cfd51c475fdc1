/**
 * Values that are looked up in masked columns of texts: a number equals each text that begins with it, so only texts may be.
 *
 * @module
 */
import type { AnalysisScope } from '../sql/analysis.js';
import type { Analyser } from '../sql/index.js';
import { FieldType } from '../wire/constants.js';
import type { ExecuteParameters } from '../wire/parameters.js';
import type { PreparedStatement } from './prepared-statements.js';
import type { Refusal } from './statement-judge.js';

const TEXT_TYPES: ReadonlySet<number> = new Set([
  ...[FieldType.VARCHAR, FieldType.VAR_STRING, FieldType.STRING],
  ...[FieldType.TINY_BLOB, FieldType.BLOB, FieldType.MEDIUM_BLOB, FieldType.LONG_BLOB],
]);

/** A text of statements that are understood: it ends where `bytes` end. */
export interface LookingText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly scope: AnalysisScope;
}

/**
 * Why a text may not run because of what it looks up; what its placeholders are bound to is left open.
 * @param names - of the columns, as they stand in it
 */
export function lookUpRefusal(
  analyser: Analyser,
  { bytes, start, scope }: LookingText,
  names: readonly string[],
): Refusal | undefined {
  const { areTexts } = analyser.comparedValues(bytes, start, bytes.length, scope, names);
  return areTexts ? undefined : refusalOf(names);
}

/** Why a prepared statement may not be executed with these values because of what it looks up. */
export function boundLookUpRefusal(
  analyser: Analyser,
  { text, scope }: PreparedStatement,
  { values, types }: ExecuteParameters,
  names: readonly string[],
): Refusal | undefined {
  const { areTexts, placeholders } = analyser.comparedValues(text, 0, text.length, scope, names);
  const isText = (place: number): boolean => values[place] === null || TEXT_TYPES.has(types[place]?.type ?? -1);
  return areTexts && placeholders.every(isText) ? undefined : refusalOf(names);
}

function refusalOf(names: readonly string[]): Refusal {
  const columns = [...new Set(names)].join(', ');
  const reason = `${columns}: masked texts may only be compared with texts, as a number equals each that begins with it: put quotes around it, or bind a string`;
  return { code: 'DENIED_BY_MASK', rule: 'masking', reason };
}
