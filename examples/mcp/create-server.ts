import { governedTool } from 'countersign/mcp';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { TokenVerifier } from 'countersign';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';

/** What the server stands on. */
export interface DatabaseServerOptions {
  /** Governed. */
  readonly pool: Pool;
  /** Of the bearer tokens; left out over stdio, where the governor's own identity runs the statements. */
  readonly verifier?: TokenVerifier;
}

const text = (value: unknown): { content: { type: 'text'; text: string }[] } => ({
  content: [{ type: 'text', text: JSON.stringify(value, undefined, 1) }],
});

/** An MCP server with three tools for a MySQL database. Nothing in them knows of rules, masks or records: the pool is governed, and the handlers are wrapped. */
export function createDatabaseServer({ pool, verifier }: DatabaseServerOptions): McpServer {
  const server = new McpServer({ name: 'countersign-mysql', version: '1.0.0' });
  const options = { ...(verifier !== undefined && { verifier }), clientOf: () => server.server.getClientVersion() };

  server.registerTool(
    'query',
    {
      description:
        'Runs one SQL statement, with parameters for its question marks, and gives its rows or what it changed.',
      inputSchema: { sql: z.string(), parameters: z.array(z.union([z.string(), z.number(), z.null()])).default([]) },
    },
    governedTool(
      'query',
      options,
      async ({ sql, parameters }: { sql: string; parameters: (string | number | null)[] }) => {
        const [result] = await pool.query(sql, parameters);
        return text(result);
      },
    ),
  );

  server.registerTool(
    'describe',
    { description: 'Names the columns of a table, or all tables.', inputSchema: { table: z.string().optional() } },
    governedTool('describe', options, async ({ table }: { table?: string | undefined }) => {
      const [rows] = await pool.query<RowDataPacket[]>(
        `SELECT table_name, column_name, column_type, column_comment FROM information_schema.columns
         WHERE table_schema = DATABASE() AND (? IS NULL OR table_name = ?) ORDER BY table_name, ordinal_position`,
        [table ?? null, table ?? null],
      );
      return text(rows);
    }),
  );

  server.registerTool(
    'explain',
    { description: 'Tells how the database would run a SELECT.', inputSchema: { sql: z.string() } },
    governedTool('explain', options, async ({ sql }: { sql: string }) => {
      const [rows] = await pool.query(`EXPLAIN ${sql}`);
      return text(rows);
    }),
  );
  return server;
}
