import { join } from 'node:path';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt } from './attempt.js';
import { fillShop } from './filled-shop.js';
import { useServer, type McpServer } from './mcp-client.js';

const MODULES = join(import.meta.dirname, '../node_modules');

function serversFor({ host, port, user, password, database }: CaptureTarget): readonly McpServer[] {
  const url = `mysql://${user}:${password}@${host}:${String(port)}/${database}`;
  const login = {
    MYSQL_HOST: host,
    MYSQL_PORT: String(port),
    MYSQL_USER: user,
    MYSQL_PASSWORD: password,
    MYSQL_DATABASE: database,
  };
  return [
    {
      script: join(MODULES, '@benborla29/mcp-server-mysql/dist/index.js'),
      env: { ...login, MYSQL_PASS: password, MYSQL_DB: database },
    },
    { script: join(MODULES, '@bytebase/dbhub/dist/index.js'), args: ['--transport', 'stdio', '--dsn', url], env: {} },
    {
      script: join(MODULES, '@hovecapital/read-only-mysql-mcp-server/dist/index.js'),
      env: {
        ...login,
        DB_HOST: host,
        DB_PORT: String(port),
        DB_USERNAME: user,
        DB_PASSWORD: password,
        DB_DATABASE: database,
      },
    },
    {
      script: join(MODULES, '@berthojoris/mcp-mysql-server/bin/mcp-mysql.js'),
      args: [url, 'list,read,utility'],
      env: {},
    },
    {
      script: join(MODULES, '@neverinfamous/mysql-mcp/dist/cli.js'),
      args: ['--transport', 'stdio', '--mysql', url],
      env: login,
    },
  ];
}

/** MCP servers for MySQL: what they send at start, for their resources and for each tool that reads. */
export const mcp: CaptureSource = {
  name: 'mcp',
  prepare: fillShop,
  run: async (target) => {
    for (const server of serversFor(target)) await attempt(server.script, () => useServer(server));
  },
};
