/**
 * The shop of docs/cookbook.md: its agents at work, with a refused DELETE, an approved one, and masked columns; then the questions of the page, and what its
 * commands answer. With `--keep`, the collector stays until Ctrl-C.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createNamedSchema } from '../../test/database/schema.js';
import { startIssuer } from '../../test/issuer/index.js';
import type { ToolResult } from '../demo/tools.js';
import { COLLECTOR_TOKEN, startCollectorProcess } from '../stage/collector-process.js';
import { offerToStay, play, whenOver } from '../stage/play.js';
import { heading, paint, say, showResult, step } from '../stage/screen.js';
import { makeCommandFolder, runInShell } from '../stage/shell.js';
import { SHOP } from '../stage/shop.js';
import { getToken } from '../stage/sign-in.js';
import { type Place, setUpPlace } from '../stage/stage.js';
import { DRAFTS } from './day.js';
import { findOthers } from './find-others.js';
import { credentialsOf, PEOPLE, rolesOf } from './people.js';
import { playDay, type Shop } from './play-day.js';
import { askedBy, readQuestions } from './questions.js';

async function setUpShop({ directory, database }: Place): Promise<Shop> {
  // On a server that is not ours, somebody may have a schema of that name.
  const name = database.owned ? 'shop' : `shop_${randomBytes(6).toString('hex')}`;
  const schema = await createNamedSchema(database, [...SHOP, DRAFTS], name);
  whenOver(() => schema.drop());
  const issuer = await startIssuer(PEOPLE);
  whenOver(() => issuer.stop());
  step(`OIDC issuer: ${issuer.issuer}`);
  const collector = await startCollectorProcess(join(directory, 'collector'), rolesOf(issuer));
  step(`collector: ${collector.url}, a process of its own`);
  return { directory, issuer, schema, collectorUrl: collector.url, collectorToken: COLLECTOR_TOKEN };
}

function showStatement(sql: string, { text, isError }: ToolResult): void {
  say(`${paint('cyan', ' query>')} ${sql}`);
  showResult(text, isError);
}

/** Runs the commands of the page, one after another, and shows what they say. @returns how many did not end as they should */
async function answerQuestions(shop: Shop, key: string): Promise<number> {
  const folder = join(shop.directory, 'bin');
  const { found, missing } = await findOthers();
  makeCommandFolder(folder, found);
  const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
  let failed = 0;
  for (const { title, commands } of readQuestions()) {
    heading(title);
    for (const command of commands) {
      say(`${paint('cyan', ' $')} ${command}`);
      const lacks = missing.find((name) => command.includes(`${name} -`));
      if (lacks !== undefined) {
        say(`   ${lacks} is not here`);
        continue;
      }
      const token = await getToken(credentialsOf(shop.issuer, askedBy(command)));
      const env = { ...process.env, PATH, COLLECTOR: shop.collectorUrl, COUNTERSIGN_COLLECTOR_TOKEN: token };
      const here = command.replace(/--key \S+/, `--key ${key}`).replaceAll('shop.', `${shop.schema.name}.`);
      const { code, output } = await runInShell(here, shop.directory, env);
      for (const line of output.split(/\r?\n/).slice(0, -1)) say(`   ${line}`);
      // A trail that somebody has touched is found wrong.
      if (code !== (output.includes('NOT OK') ? 1 : 0)) failed += 1;
    }
  }
  return failed;
}

async function main(): Promise<void> {
  const shop = await setUpShop(await setUpPlace());
  const key = await playDay(shop, {
    onVisit: ({ agent, task, goal }) => heading(`${agent} · ${task} · ${goal}`),
    onStatement: showStatement,
    onApproval: (line) => say(`   ${paint('yellow', line)}`),
  });
  const failed = await answerQuestions(shop, key);
  if (failed > 0) throw new Error(`${failed} commands did not end as the page says`);
  await offerToStay({
    command: 'npm run example -- cookbook --keep',
    keeps: 'to ask it more',
    title: 'Ask more',
    steps: [
      `export COUNTERSIGN_COLLECTOR_TOKEN=${COLLECTOR_TOKEN} COLLECTOR=${shop.collectorUrl}`,
      'node dist/src/cli/main.js search --url $COLLECTOR asks it, and a browser; Ctrl-C ends the example',
    ],
  });
}

await play(main);
