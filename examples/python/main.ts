/**
 * An agent in Python, with PyMySQL, behind `countersign proxy`: its access token is the password.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { showTail } from '../stage/collector-process.js';
import { play } from '../stage/play.js';
import { runProgram } from '../stage/run-program.js';
import { startProxyProcess } from '../stage/proxy-process.js';
import { heading, step } from '../stage/screen.js';
import { setUp } from '../stage/stage.js';
import { findPython } from './find-python.js';

const AGENT = fileURLToPath(new URL('agent.py', import.meta.url));

async function main(): Promise<void> {
  const python = await findPython(step);
  const stage = await setUp();
  const { schema, agents, collector } = stage;
  const proxy = await startProxyProcess(stage);
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials('support-agent');

  heading('python3 agent.py');
  await runProgram(python, [AGENT], {
    TOKEN_ENDPOINT: tokenEndpoint,
    AUDIENCE: audience,
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    DB_HOST: proxy.host,
    DB_PORT: String(proxy.port),
    DB_NAME: schema.name,
    DB_CA: proxy.caFile,
  });

  await proxy.end();
  const records = await showTail(collector, '--task', 'SUP-1042');
  const ends = records.map(({ statement, outcome }) => `${String(statement.operation)} ${outcome.status}`);
  for (const end of ['SELECT ok', 'UPDATE ok', 'DELETE denied']) {
    if (!ends.includes(end)) throw new Error(`there is no record of ${end}`);
  }
}

await play(main);
