/**
 * Values that are looked up in masked columns of texts: a number equals each text that begins with it, so only texts may be.
 *
 * @module
 */
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement, AnalysisScope } from '../sql/analysis.js';
import type { ComparedValues } from '../sql/compared-values.js';
import type { Analyser } from '../sql/index.js';
import { FieldType } from '../wire/constants.js';
import type { ExecuteParameters } from '../wire/parameters.js';
import type { PreparedStatement } from './prepared-statements.js';
import type { Refusal } from './statement-judge.js';

const TEXT_TYPES: ReadonlySet<number> = new Set([
  ...[FieldType.VARCHAR, FieldType.VAR_STRING, FieldType.STRING],
  ...[FieldType.TINY_BLOB, FieldType.BLOB, FieldType.MEDIUM_BLOB, FieldType.LONG_BLOB],
]);

/** A text of statements that are judged. */
export interface JudgedText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly statements: readonly AnalysedStatement[];
  readonly scope: AnalysisScope;
}

/** Why a text may not run because of what it looks up; what its placeholders are bound to is left open. */
export function lookUpRefusal(analyser: Analyser, text: JudgedText, masks: MaskPolicy): Refusal | undefined {
  return comparedWith(analyser, text, masks)?.areTexts === false ? refusalOf(text.statements, masks) : undefined;
}

/** Why a prepared statement may not be executed with these values because of what it looks up. */
export function boundLookUpRefusal(
  analyser: Analyser,
  { text, scope }: PreparedStatement,
  statements: readonly AnalysedStatement[],
  { values, types }: ExecuteParameters,
  masks: MaskPolicy,
): Refusal | undefined {
  const compared = comparedWith(analyser, { bytes: text, start: 0, statements, scope }, masks);
  if (compared === undefined) return undefined;
  const isText = (place: number): boolean => values[place] === null || TEXT_TYPES.has(types[place]?.type ?? -1);
  return compared.areTexts && compared.placeholders.every(isText) ? undefined : refusalOf(statements, masks);
}

/** What the masked columns of texts are compared with; undefined where none is. */
function comparedWith(
  analyser: Analyser,
  { bytes, start, statements, scope }: JudgedText,
  masks: MaskPolicy,
): ComparedValues | undefined {
  let names: readonly string[] | undefined;
  for (const statement of statements) {
    const { textLookUps } = masks.effectOn(statement);
    if (textLookUps !== undefined) names = names === undefined ? textLookUps : [...names, ...textLookUps];
  }
  return names && analyser.comparedValues(bytes, start, bytes.length, scope, names);
}

function refusalOf(statements: readonly AnalysedStatement[], masks: MaskPolicy): Refusal {
  const names = new Set(statements.flatMap((statement) => masks.effectOn(statement).textLookUps ?? []));
  const reason = `${[...names].join(', ')}: masked texts may only be compared with texts, as a number equals each that begins with it: put quotes around it, or bind a string`;
  return { code: 'DENIED_BY_MASK', rule: 'masking', reason };
}
