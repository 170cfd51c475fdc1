import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

type Result = RowDataPacket[] | ResultSetHeader;

/** What a tool gives back to the model, as over MCP: text, and whether it is an error. */
export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

/** One call that the model makes. */
export interface ToolCall {
  readonly tool: 'query' | 'execute';
  readonly sql: string;
  readonly parameters?: readonly (string | number)[];
}

/**
 * The agent's database tools. Nothing in here knows of Countersign: the pool that it is given is an ordinary mysql2 pool.
 */
export async function callTool(pool: Pool, call: ToolCall): Promise<ToolResult> {
  try {
    const parameters = call.parameters?.slice() ?? [];
    const [result] = await (call.tool === 'query'
      ? pool.query<Result>(call.sql, parameters)
      : pool.execute<Result>(call.sql, parameters));
    const text = Array.isArray(result)
      ? result.map((row) => JSON.stringify(row)).join('\n') || '(no rows)'
      : `${result.affectedRows} row(s) affected`;
    return { text, isError: false };
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error), isError: true };
  }
}
