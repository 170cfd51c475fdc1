import type { Guard, TableName } from './column-guards.js';

/** What the masks mean for one output column. */
export interface OutputMask {
  /** The masked columns that it may tell of; empty where it tells of none. */
  readonly guards: readonly Guard[];
  /** It is any of them, unchanged. */
  readonly isExact: boolean;
  /** It may be any column of this table, unchanged: the server says which. */
  readonly anyOf?: TableName;
}

/** The output columns of a statement. */
export interface OutputMasks {
  readonly outputs: readonly (OutputMask & { readonly name: string | undefined })[];
  /** They are the columns of the result, in order. */
  readonly inOrder: boolean;
}

/** What the masks mean for one statement; computed once per analysed statement. */
export interface MaskEffect {
  /** The statement names a table that has masked columns: its results are inspected, and texts of its errors withheld. */
  readonly inspect: boolean;
  /** Why it is refused; undefined where it may run. */
  readonly refusal: string | undefined;
  /** A literal or parameter of it may be a masked value: it must not stand in the record. */
  readonly redact: boolean;
  /** Columns of texts that values are looked up in, as they stand in the statement: only a text may be, as a number equals each text that begins with it. */
  readonly textLookUps?: readonly string[];
  /** How many columns of its result are masked ones at least, where its lineage is not known. */
  readonly maskedOutputs: number;
  /** Its output columns, where its lineage is known. */
  readonly outputs?: OutputMasks;
}

/** A masked output column, for people. */
export interface MaskedOutput {
  /** Its name, or its place: `column 2`. */
  readonly output: string;
  /** Name of the masker; `redact` for a column of several masks, `null` for what is made of masked values. */
  readonly mask: string;
  /** The masked columns that it is, or may be, made of. */
  readonly columns: readonly string[];
}

/** Nothing is masked in a statement. */
export const UNTOUCHED: MaskEffect = { inspect: false, refusal: undefined, redact: false, maskedOutputs: 0 };
