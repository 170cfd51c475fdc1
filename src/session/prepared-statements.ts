import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedText, AnalysisScope } from '../sql/analysis.js';
import type { PreparedParameters } from '../wire/parameters.js';
import type { RowRewriter } from '../wire/row-rewriter.js';
import type { BinaryType } from '../wire/wire-value.js';

/** A text that is prepared: UTF-8, as it was read. */
export type PreparedText = Pick<PreparedStatement, 'text' | 'analysed' | 'scope'>;

/** A prepared statement, tied to the text that it was prepared from. */
export class PreparedStatement implements PreparedParameters {
  /** UTF-8. */
  readonly text: Buffer;
  /** One statement, and the scope that it was read in. */
  readonly analysed: AnalysedText;
  readonly scope: AnalysisScope;
  readonly parameterCount: number;
  readonly longData: Map<number, number> = new Map();
  types: readonly BinaryType[] = [];
  /** Masks of whoever executed it last: how the rows of an open cursor are rewritten. */
  masks: MaskPolicy | undefined;
  /** How the rows of an open cursor are rewritten, and which columns that masks. */
  fetchRewriter: RowRewriter | undefined;
  fetchMasked: readonly string[] = [];
  /** What came of the rows of an open cursor so far. */
  fetchedRows = 0;
  fetchedBytes = 0;

  constructor({ text, analysed, scope }: PreparedText, parameterCount: number) {
    this.text = text;
    this.analysed = analysed;
    this.scope = scope;
    this.parameterCount = parameterCount;
  }

  /** COM_STMT_EXECUTE goes to the server: what it binds is known there, and long data is used up. */
  executed(types: readonly BinaryType[], masks: MaskPolicy): void {
    this.types = types;
    this.masks = masks;
    this.longData.clear();
    this.fetchRewriter = undefined;
    this.fetchMasked = [];
    this.fetchedRows = 0;
    this.fetchedBytes = 0;
  }

  /** Rows of the open cursor came. */
  fetched(rows: number, bytes: number): void {
    this.fetchedRows += rows;
    this.fetchedBytes += bytes;
  }

  /** COM_STMT_SEND_LONG_DATA: counts the bytes of a parameter, where there is such a one. */
  addLongData(parameter: number, bytes: number): void {
    if (parameter < this.parameterCount) this.longData.set(parameter, (this.longData.get(parameter) ?? 0) + bytes);
  }
}
