import type { CaptureBounds } from '../guardrails/record-demand.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import { RowDigest } from '../wire/row-digest.js';
import type { RowTap } from '../wire/row-tap.js';
import { readBinaryRow, type RowReader, readTextRow } from '../wire/row-values.js';

/** A result set, as far as it is kept. */
interface CapturedSet {
  readonly columns: readonly string[];
  /** Each a JSON array. */
  readonly rows: string[];
  truncated: boolean;
}

/** Keeps the first rows of a statement's results, as the caller gets them, for its record; and the digest of all of them. */
export class ResultCapture implements RowTap {
  readonly #bounds: CaptureBounds;
  readonly #digest = new RowDigest();
  readonly #sets: CapturedSet[] = [];
  #columns: readonly ColumnDefinition[] = [];
  #read: RowReader = readTextRow;
  #rows = 0;
  #bytes = 0;

  constructor(bounds: CaptureBounds) {
    this.#bounds = bounds;
  }

  /** A result set begins. */
  begin(columns: readonly ColumnDefinition[], binary: boolean): void {
    this.#columns = columns;
    this.#read = binary ? readBinaryRow : readTextRow;
    this.#sets.push({ columns: columns.map(({ name }) => name), rows: [], truncated: false });
  }

  row(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    this.#digest.add(bytes.subarray(start, end));
    const set = this.#sets.at(-1);
    if (set === undefined || set.truncated) return;
    if (!isWhole || this.#rows >= this.#bounds.rows) {
      set.truncated = true;
      return;
    }
    const json = JSON.stringify(this.#read(bytes, start, end, this.#columns));
    const size = Buffer.byteLength(json);
    if (this.#bytes + size > this.#bounds.bytes) {
      set.truncated = true;
      return;
    }
    this.#rows += 1;
    this.#bytes += size;
    set.rows.push(json);
  }

  endRow(): void {
    this.#digest.endRow();
  }

  /** JSON of a record's `result`. To be called once. */
  end(): string {
    const sets = this.#sets.map(({ columns, rows, truncated }) => {
      return `{"columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}]${truncated ? ',"truncated":true' : ''}}`;
    });
    return `{"digest":"${this.#digest.end()}","sets":[${sets.join(',')}]}`;
  }
}
