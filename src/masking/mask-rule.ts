import { FailureError } from '../errors.js';
import type { CellMasker } from '../wire/row-rewriter.js';
import { cellMasker, maskers, type MaskerName, type TextMasker } from './maskers.js';

/** One masked column. */
export interface MaskRule {
  /** `schema.table.column`, lower case: how the record names it. */
  readonly column: string;
  readonly schemaName: string;
  readonly tableName: string;
  readonly columnName: string;
  /** @internal */
  readonly masker: CellMasker;
}

/**
 * Masks one column.
 * @param column `schema.table.column`; ASCII, compared without case, as the server does
 * @param mask a built-in masker's name (default `redact`) or a function of the value's text
 * @throws FailureError `OPTIONS_INVALID` where the name has not three parts or no such masker exists
 */
export function maskColumn(column: string, mask: MaskerName | TextMasker = 'redact'): MaskRule {
  const [schemaName, tableName, columnName, ...more] = column.toLowerCase().split('.');
  if (!schemaName || !tableName || !columnName || more.length > 0) {
    throw new FailureError('OPTIONS_INVALID', `a mask needs schema.table.column, not ${JSON.stringify(column)}`);
  }
  const text: TextMasker | undefined = typeof mask === 'function' ? mask : maskers[mask];
  if (typeof text !== 'function') {
    const known = Object.keys(maskers).join(', ');
    throw new FailureError(
      'OPTIONS_INVALID',
      `there is no masker ${JSON.stringify(mask)} for ${column}; there are ${known}`,
    );
  }
  return {
    column: `${schemaName}.${tableName}.${columnName}`,
    schemaName,
    tableName,
    columnName,
    masker: cellMasker(text),
  };
}
