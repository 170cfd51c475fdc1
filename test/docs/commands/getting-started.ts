/** docs/getting-started.md: from an empty folder to the first record, with what the reader has. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterThisTest } from '../../audit/trail-fixtures.js';
import { findFreePort } from '../../database/instance.js';
import { createPassword } from '../../database/password.js';
import { blockOf, INSTALL_COMMAND } from './configurations.js';
import type { PagePlan } from './day-pages.js';
import type { Substitution } from './run-page.js';
import { runSql } from './run-sql.js';
import { isShown } from './shown-output.js';
import { type CommandStage, credentialsOfAny } from './stage.js';
import type { Terminal } from './terminal.js';

const PAGE = 'docs/getting-started.md';

/** The page's collector is this page's own, and runs to its end. */
export async function planGettingStarted(stage: CommandStage): Promise<PagePlan> {
  const { database, shop } = stage;
  const port = await findFreePort();
  const name = `shop_${createPassword()
    .replaceAll(/[^a-z]/g, '')
    .slice(0, 6)}_${port}`;
  const account = name.replace('shop', 'agents');
  afterThisTest(() => runSql(database, `DROP USER IF EXISTS '${account}'@'%'; DROP DATABASE IF EXISTS ${name}`));
  const { issuer, audience, clientSecret } = credentialsOfAny(shop, 'trial-agent');
  const url = `http://127.0.0.1:${port}`;
  const program = (text: string): string => text.replace('http://127.0.0.1:7070', url).replace('shop.', `${name}.`);
  const substitutions: readonly Substitution[] = [
    ['npm install countersign mysql2', INSTALL_COMMAND],
    [/\bshop\b/g, name],
    [/'agents'@/g, `'${account}'@`],
    ['--dir records', `--dir records --port ${port}`],
    ['mysql://agents:choose-another@127.0.0.1:3306', `mysql://${account}:choose-another@127.0.0.1:${database.port}`],
    ['https://login.example.com', issuer],
    ['urn:example:mysql', audience],
    ["CLIENT_SECRET='…'", `CLIENT_SECRET='${clientSecret}'`],
    ['http://127.0.0.1:7070', url],
  ];
  return {
    settings: {
      substitutions,
      before: (command, { directory }) => {
        if (command === 'node agent.mjs') writeFileSync(join(directory, 'agent.mjs'), program(agentProgram()));
      },
      after: (terminal) => withoutIssuer(terminal, program(unaidedProgram())),
      runSql: (sql) => runSql(database, sql),
    },
  };
}

const agentProgram = (): string => blockOf(PAGE, 'js', 'mysql.createPool');
const WORK = '// What it does.';

/** What stands before the work, in the place of what needs an issuer. */
function unaidedProgram(): string {
  const [, work = ''] = agentProgram().split(WORK);
  return `${blockOf(PAGE, 'js', 'generateKeyPairSync')}\n${WORK}${work}`;
}

/** The same without an issuer says the same. */
async function withoutIssuer(terminal: Terminal, program: string): Promise<readonly string[]> {
  writeFileSync(join(terminal.directory, 'agent.mjs'), program);
  const { DATABASE_URL, PATH } = terminal.env;
  terminal.env = { DATABASE_URL, PATH };
  const { output } = await terminal.run('node agent.mjs');
  return isShown(blockOf(PAGE, 'text', 'Alice'), output) ? [] : [`without an issuer, the agent says:\n${output}`];
}
