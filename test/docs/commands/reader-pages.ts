/** The pages whose commands a reader tries, with what each of them says is there. */
import { cpSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as NodeSqlParser from 'node-sql-parser';
import { findFreePort } from '../../database/instance.js';
import { createPassword } from '../../database/password.js';
import { afterThisTest } from '../../audit/trail-fixtures.js';
import { blockOf, policyFile, writeConfiguration } from './configurations.js';
import type { PagePlan, PlanMaker } from './day-pages.js';
import { planGettingStarted } from './getting-started.js';
import { runSql } from './run-sql.js';
import { planCollector } from './servers-of-the-collector.js';
import { ADMIN_TOKEN, type CommandStage, urlOf } from './stage.js';
import { copyOfSchema, newestSession, type TwoAgents } from './two-agents.js';
import { startWaitingAgent } from './waiting-agent.js';

/** What has happened by then. */
export interface ReaderStage extends CommandStage {
  readonly twoAgents: TwoAgents;
}

const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

async function planReadme(stage: ReaderStage, folder: string): Promise<PagePlan> {
  const env = writeConfiguration(stage, folder, blockOf('docs/proxy.md', 'ts', 'export default'));
  const url = urlOf(stage.shop.schema);
  return {
    env,
    settings: {
      substitutions: [
        ['089c9784-…', await newestSession(stage, 'support-agent')],
        // The test has one server, and what is replayed there only reads.
        ['--to mysql://tester:password@127.0.0.1/shop', `--same-server --to ${url}`],
        ['mysql://reader:password@127.0.0.1/shop', url],
      ],
      says: [
        [/countersign sessions/, /task SUP-1042/],
        [/countersign show/, /SELECT name, email FROM customers/],
        [/countersign replay/, /^1 statement, 1 as recorded/m],
        [/countersign verify/, /^ok$/m],
        [/check --preset/, /deny {2}DELETE {2}rule no-writes/],
        [/check --server/, /close_month/],
      ],
    },
  };
}

/** Two statements wait: one is approved, and the other rejected. */
async function planApprovals(stage: ReaderStage): Promise<PagePlan> {
  const { approvals, end } = await startWaitingAgent(stage);
  const [first = '', second = ''] = approvals;
  return {
    settings: {
      substitutions: [
        [/(?<=COLLECTOR_TOKEN=)…/g, await stage.tokenOf('carol')],
        [/(?<=approve )[\da-f-]{36}/g, first],
        [/(?<=reject )[\da-f-]{36}/g, second],
      ],
      says: [
        [/countersign approvals/, /DELETE FROM orders WHERE id = 1[01]/],
        [/countersign approve/, /approved by carol: ticket seen/],
        [/countersign reject/, /rejected by carol: not on a Friday/],
      ],
      after: async () => {
        const texts = (await end()).map(({ text }) => text).sort();
        const isDecided = texts[0] === '1 row(s) affected' && texts[1]?.endsWith('carol rejected it: not on a Friday');
        return isDecided === true ? [] : [`the statements that waited ended with ${texts.join(' and ')}`];
      },
    },
  };
}

function planConsole(_: ReaderStage, folder: string): PagePlan {
  writeFileSync(join(folder, 'admin.token'), ADMIN_TOKEN);
  return { settings: { substitutions: [] } };
}

/** The program of the page knows nothing of Countersign. */
function planEmbedding(stage: ReaderStage, folder: string): PagePlan {
  const env = writeConfiguration(stage, folder, blockOf('docs/embedding.md', 'ts', 'export default'));
  const program = [
    "const mysql = require('mysql2');",
    `const connection = mysql.createConnection('${urlOf(stage.shop.schema)}');`,
    "connection.query('DELETE FROM customers', (error) => { console.log(String(error)); connection.end(); });",
  ];
  writeFileSync(join(folder, 'app.js'), program.join('\n'));
  return {
    env,
    settings: { substitutions: [], says: [[/app\.js/, /Countersign refused .* no-\w+-writes/]] },
  };
}

function planIdentity({ database, shop }: ReaderStage): PagePlan {
  return { settings: { substitutions: [], runSql: (sql) => runSql(database, sql, shop.schema.name) } };
}

/** Its folder has a node_modules with the parser, of which Countersign loads two files. */
function planPackage(_: ReaderStage, folder: string): PagePlan {
  const copy = join(folder, 'node_modules/node-sql-parser');
  cpSync(join(MODULES, 'node-sql-parser'), copy, { recursive: true });
  symlinkSync(join(MODULES, 'big-integer'), join(folder, 'node_modules/big-integer'));
  const isLeft = (name: string): boolean => existsSync(join(copy, name));
  return {
    settings: {
      substitutions: [],
      after: () => {
        for (const name of ['mysql', 'mariadb']) {
          const { Parser } = createRequire(copy)(join(copy, 'build', `${name}.js`)) as typeof NodeSqlParser;
          new Parser().astify('SELECT 1');
        }
        return ['umd', 'index.js', 'build/postgresql.js'].filter(isLeft).map((name) => `${name} is left`);
      },
    },
  };
}

/** At night, another of its rules refuses a DELETE without WHERE. */
function planPolicies({ database }: ReaderStage, folder: string): PagePlan {
  const account = `countersign_${createPassword().slice(0, 8)}`;
  afterThisTest(() => runSql(database, `DROP USER IF EXISTS '${account}'@'%'`));
  writeFileSync(join(folder, 'policy.yaml'), policyFile());
  writeFileSync(join(folder, 'statements.jsonl'), 'SELECT 1\n{"sql": "DELETE FROM orders", "schema": "shop"}\n');
  return {
    settings: {
      substitutions: [
        ["'countersign'@", `'${account}'@`],
        ["'…'", `'${createPassword()}'`],
      ],
      codes: [[/--exit-code/, 1]],
      says: [
        [/--group agents/, /rule no-\w+-writes[^]*rule customers-by-support/],
        [/--json/, /"verdict":"deny","rule":"no-\w+-writes"/],
      ],
      runSql: (sql) => runSql(database, sql),
    },
  };
}

/** The configuration is that of the page, with its credentials. */
async function planProxy(stage: ReaderStage, folder: string): Promise<PagePlan> {
  const port = await findFreePort();
  const credentials = blockOf('docs/proxy.md', 'ts', 'credentials: {').replace('port: 7443', `port: Number('${port}')`);
  const config = blockOf('docs/proxy.md', 'ts', 'export default').replace('proxy: {', `proxy: {\n    ${credentials}`);
  const env = writeConfiguration(stage, folder, config);
  const token = await stage.tokenOf('billing-agent');
  return { env: { ...env, TOKEN: token }, settings: { substitutions: [['127.0.0.1:7443', `127.0.0.1:${port}`]] } };
}

async function planReplay(stage: ReaderStage): Promise<PagePlan> {
  const { twoAgents } = stage;
  const copy = await copyOfSchema(stage);
  afterThisTest(() => copy.drop());
  return {
    env: { COUNTERSIGN_COLLECTOR_TOKEN: ADMIN_TOKEN },
    settings: {
      substitutions: [
        ['089c9784-…', twoAgents.session],
        // The test has one server.
        [/--to mysql:\/\/svc_agents:…@127\.0\.0\.1:45991\/shop/g, `--same-server --to ${urlOf(copy)}`],
        ['mysql://svc_agents:…@localhost:38223/shop', urlOf(twoAgents.schema).replace('127.0.0.1', 'localhost')],
      ],
      codes: [[/countersign replay/, 1]],
    },
  };
}

export const READER_PAGES: Readonly<Record<string, PlanMaker<ReaderStage>>> = {
  'README.md': planReadme,
  'docs/approvals.md': planApprovals,
  'docs/collector.md': planCollector,
  'docs/console.md': planConsole,
  'docs/embedding.md': planEmbedding,
  'docs/getting-started.md': planGettingStarted,
  'docs/identity.md': planIdentity,
  'docs/package.md': planPackage,
  'docs/policies.md': planPolicies,
  'docs/proxy.md': planProxy,
  'docs/replay.md': planReplay,
};
