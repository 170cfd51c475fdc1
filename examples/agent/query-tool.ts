import { isRefused } from 'countersign/mysql2';
import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

/** What the model asks for. */
export interface ToolCall {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** What it is told. A refusal is an answer, and no reason to stop: the model can do what the rule asks for. */
export type ToolResult =
  | { readonly kind: 'rows'; readonly rows: readonly RowDataPacket[] }
  | { readonly kind: 'changed'; readonly rows: number }
  | { readonly kind: 'refused'; readonly rule: string; readonly reason: string; readonly recordId: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs one statement, and never throws. */
export async function query(pool: Pool, { sql, parameters }: ToolCall): Promise<ToolResult> {
  try {
    const [result] = await pool.execute<RowDataPacket[] | ResultSetHeader>(sql, [...parameters]);
    return Array.isArray(result) ? { kind: 'rows', rows: result } : { kind: 'changed', rows: result.affectedRows };
  } catch (error) {
    if (!isRefused(error)) return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    const { rule = 'none', refusal, recordId = 'none' } = error;
    return { kind: 'refused', rule, reason: refusal.reason, recordId };
  }
}
