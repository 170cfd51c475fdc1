import { PayloadReader } from './payload-reader.js';

/** Follows the answer to COM_STMT_PREPARE: the OK with the counts, then definitions of parameters and columns, each list ended by an EOF where EOFs are sent. */
export class PrepareAnswer {
  #definitionsLeft = 0;
  #eofsLeft = 0;

  /** The first packet. */
  begin(
    bytes: Buffer,
    start: number,
    end: number,
    deprecateEof: boolean,
  ): { statementId: number; parameterCount: number } {
    const reader = new PayloadReader(bytes, start + 1, end);
    const statementId = reader.int4();
    const columnCount = reader.int2();
    const parameterCount = reader.int2();
    this.#definitionsLeft = columnCount + parameterCount;
    this.#eofsLeft = deprecateEof ? 0 : Number(columnCount > 0) + Number(parameterCount > 0);
    return { statementId, parameterCount };
  }

  /** Each packet after it. */
  next(bytes: Buffer, start: number, end: number): void {
    if ((bytes[start] ?? 0) === 0xfe && end - start < 9) this.#eofsLeft -= 1;
    else this.#definitionsLeft -= 1;
  }

  /** Nothing more is to come. */
  get isWhole(): boolean {
    return this.#definitionsLeft <= 0 && this.#eofsLeft <= 0;
  }
}
