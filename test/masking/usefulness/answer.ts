import type { FieldPacket, QueryError, ResultSetHeader } from 'mysql2';

/** A cell as bytes, one character each; null for SQL NULL. */
export type Cell = string | null;

/** What came back for a query. */
export type Answer =
  | { readonly kind: 'rows'; readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  /** Its effect is what the server counted, and what all tables hold after it. */
  | { readonly kind: 'written'; readonly effect: string; readonly affectedRows: number }
  /** Refused by the masks; denied by another rule. */
  | { readonly kind: 'refused' | 'denied'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What mysql2 resolves with, where rows are lists. */
export type Mysql2Result = readonly [unknown[][] | ResultSetHeader, FieldPacket[] | undefined];

/** An answer with rows, or with the header of a write: `effect` is what the write came to. */
export function answerOf([result, fields]: Mysql2Result, effect: string): Answer {
  if (Array.isArray(result)) {
    return {
      kind: 'rows',
      columns: (fields ?? []).map(({ name }) => name),
      rows: result.map((row) => row.map(cellOf)),
    };
  }
  const { affectedRows, info, warningStatus } = result;
  return { kind: 'written', affectedRows, effect: JSON.stringify({ affectedRows, info, warningStatus }) + effect };
}

/** ER_SPECIFIC_ACCESS_DENIED_ERROR, which refusals carry. */
const REFUSED = 1227;

/** An answer with an error. */
export function answerOfError(reason: unknown): Answer {
  const { errno, message } = reason as QueryError;
  if (errno !== REFUSED) return { kind: 'failed', message };
  return { kind: message.includes('rule masking') ? 'refused' : 'denied', message };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  return typeof value === 'string' ? Buffer.from(value).toString('latin1') : JSON.stringify(value);
}
