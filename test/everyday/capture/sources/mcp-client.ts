import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { argumentsFor } from './mcp-arguments.js';

/** How to start an MCP server. */
export interface McpServer {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const CALL_TIMEOUT_MS = 15_000;

/** Starts a server, reads its resources and calls each of its tools that arguments can be made for, as an agent's host does. */
export async function useServer({ script, args = [], env }: McpServer): Promise<void> {
  const client = new Client({ name: 'capture', version: '1.0.0' });
  const inherited = { PATH: process.env['PATH'] ?? '' };
  const command = process.execPath;
  await client.connect(
    new StdioClientTransport({ command, args: [script, ...args], env: { ...inherited, ...env }, stderr: 'ignore' }),
  );
  try {
    await readResources(client);
    const { tools } = await client.listTools();
    for (const { name, inputSchema } of tools) {
      for (const values of argumentsFor(name, inputSchema)) {
        const call = client.callTool({ name, arguments: values }, undefined, { timeout: CALL_TIMEOUT_MS });
        const answer: Record<string, unknown> = await call.catch((error: unknown) => ({
          isError: true,
          content: String(error),
        }));
        if (answer['isError'] === true)
          console.log(`  mcp ${name}: ${JSON.stringify(answer['content']).slice(0, 160)}`);
      }
    }
  } finally {
    await client.close();
  }
}

async function readResources(client: Client): Promise<void> {
  if (client.getServerCapabilities()?.resources === undefined) return;
  const { resources } = await client.listResources().catch(() => ({ resources: [] }));
  for (const { uri } of resources) await client.readResource({ uri }).catch(() => undefined);
}
