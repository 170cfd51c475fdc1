import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { randomUUID } from 'node:crypto';
import { isCountersignError } from 'countersign';
import { createDatabaseServer, type DatabaseServerOptions } from './create-server.js';

/** A server that listens. */
export interface ListeningServer {
  readonly url: URL;
  close(): Promise<void>;
}

/** Serves MCP over streamable HTTP on a free port of this machine. A request without a good access token is answered with 401. */
export async function serve(
  options: DatabaseServerOptions & Required<Pick<DatabaseServerOptions, 'verifier'>>,
): Promise<ListeningServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const transportFor = async (request: IncomingMessage): Promise<StreamableHTTPServerTransport> => {
    const known = sessions.get(String(request.headers['mcp-session-id'] ?? ''));
    if (known !== undefined) return known;
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await createDatabaseServer(options).connect(
      transport as Parameters<ReturnType<typeof createDatabaseServer>['connect']>[0],
    );
    return transport;
  };
  const server: Server = createServer((request, response) => {
    const handle = async (): Promise<void> => {
      const [, token = ''] = (request.headers.authorization ?? '').split(' ');
      const { subject, expiresAtMs } = await options.verifier.verify(token);
      const auth: AuthInfo = { token, clientId: subject, scopes: [], expiresAt: Math.floor(expiresAtMs / 1_000) };
      await (await transportFor(request)).handleRequest(Object.assign(request, { auth }), response);
    };
    handle().catch((error: unknown) => {
      const status = isCountersignError(error) && error.code === 'TOKEN_INVALID' ? 401 : 500;
      if (!response.headersSent) response.writeHead(status, { 'www-authenticate': 'Bearer' });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    async close(): Promise<void> {
      for (const transport of sessions.values()) await transport.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
