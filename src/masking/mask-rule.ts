import { FailureError } from '../errors.js';
import type { CallerMatch } from '../matching/index.js';
import type { CellMasker } from '../wire/row-rewriter.js';
import { createMasker, type MaskerChoice, maskerNameOf } from './maskers.js';

/** How a masked column may be asked about, beside being selected. */
export type MaskedFilter = 'lookup' | 'any' | 'none';

/** What a {@link MaskRule} is made of. */
export interface MaskDefinition {
  /** `schema.table.column`; in each part `*` stands for any characters. ASCII, compared without case, as the server does. */
  readonly columns?: readonly string[];
  /** Columns whose comment holds such a tag in brackets: `pii:email` is in `[pii:email]`. `*` stands for any characters. Read from the catalogue. */
  readonly tags?: readonly string[];
  /** Default `redact`. */
  readonly mask?: MaskerChoice;
  /** Who sees the values themselves. */
  readonly plainFor?: CallerMatch;
  /** Who may not name the columns at all. */
  readonly deniedTo?: CallerMatch;
  /**
   * Where else the columns may stand, because the rows that come back, or their order, tell of the values. `lookup`: compared for equality with a
   * value that the statement brings along, or a list of them; a column of texts with texts only. `any`: everywhere, for columns that may be guessed. `none`: nowhere. Default `lookup`.
   */
  readonly filter?: MaskedFilter;
}

/** Masked columns. */
export interface MaskRule {
  /** What messages call it: its first pattern or tag. */
  readonly name: string;
  /** Lower case, in three parts. */
  readonly columns: readonly (readonly [schema: string, table: string, column: string])[];
  /** Lower case. */
  readonly tags: readonly string[];
  readonly filter: MaskedFilter;
  readonly plainFor: CallerMatch | undefined;
  readonly deniedTo: CallerMatch | undefined;
  /** How its masker is called: a built-in one's name, or `custom`. */
  readonly mask: string;
  /** @internal */
  readonly masker: CellMasker;
}

const FILTERS: readonly string[] = ['lookup', 'any', 'none'] satisfies MaskedFilter[];

/**
 * Masks columns.
 * @throws FailureError `OPTIONS_INVALID` where a pattern has not three parts, no column is meant, or no such masker exists
 * @example
 * ```ts
 * defineMask({ columns: ['shop.*.email'], tags: ['pii:email'], mask: 'email', plainFor: { groups: ['support'] } });
 * ```
 */
export function defineMask(definition: MaskDefinition): MaskRule {
  const { columns = [], tags = [], mask = 'redact', filter = 'lookup', plainFor, deniedTo } = definition;
  const [name] = [...columns, ...tags.map((tag) => `[${tag}]`)];
  if (name === undefined) throw new FailureError('OPTIONS_INVALID', 'a mask needs columns or tags');
  if (!FILTERS.includes(filter)) {
    throw new FailureError(
      'OPTIONS_INVALID',
      `the filter of the mask for ${name} must be one of ${FILTERS.join(', ')}`,
    );
  }
  return {
    name: name.toLowerCase(),
    columns: columns.map(threeParts),
    tags: tags.map((tag) => tag.toLowerCase()),
    filter,
    plainFor,
    deniedTo,
    mask: maskerNameOf(mask),
    masker: createMasker(mask, name),
  };
}

/**
 * Masks one column.
 * @param column `schema.table.column`, as in {@link MaskDefinition.columns}
 * @throws FailureError `OPTIONS_INVALID`, as {@link defineMask}
 */
export function maskColumn(column: string, mask: MaskerChoice = 'redact'): MaskRule {
  return defineMask({ columns: [column], mask });
}

function threeParts(pattern: string): readonly [string, string, string] {
  const [schema, table, column, ...more] = pattern.toLowerCase().split('.');
  if (!schema || !table || !column || more.length > 0) {
    throw new FailureError('OPTIONS_INVALID', `a mask needs schema.table.column, not ${JSON.stringify(pattern)}`);
  }
  return [schema, table, column];
}
