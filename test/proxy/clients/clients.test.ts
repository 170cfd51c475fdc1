import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type GeneralLog, openGeneralLog } from '../../database/general-log.js';
import { run } from '../../database/run.js';
import { taggedStatements } from '../../e2e/executed-statements.js';
import { type Proxied, startProxied } from '../index.js';
import { CLIENT_PROGRAMS, whyMissing } from './program.js';
import { type NodeLogin, throughMariadb, throughMysql2 } from './node-clients.js';
import { EXPECTED, SCENARIO } from './scenario.js';

const INSTALLING_MS = 180_000;

let proxied: Proxied;
let folder: string;
let caFile: string;
let log: GeneralLog;

beforeAll(async () => {
  proxied = await startProxied(inject('database'), SCENARIO);
  log = await openGeneralLog(inject('database'));
  folder = await mkdtemp(join(tmpdir(), 'countersign-clients-'));
  caFile = join(folder, 'ca.pem');
  await writeFile(caFile, proxied.ca);
});
afterAll(async () => {
  await log.close();
  await proxied.close();
  await rm(folder, { recursive: true, force: true });
});

async function nodeLogin(): Promise<NodeLogin> {
  const { host, port, schema, ca } = proxied;
  return { host, port, user: 'anna', password: await proxied.token('anna'), database: schema.name, ca };
}

describe('a token as the password, over TLS', () => {
  it('mysql2 (Node)', async () => {
    expect(await throughMysql2(await nodeLogin())).toEqual(EXPECTED);
  });

  it('mariadb (Node)', async () => {
    expect(await throughMariadb(await nodeLogin())).toEqual(EXPECTED);
  });

  for (const program of CLIENT_PROGRAMS) {
    it(program.name, { timeout: INSTALLING_MS }, async (context) => {
      const missing = await whyMissing(program);
      if (missing !== undefined) {
        process.stderr.write(`SKIPPED: ${missing}\n`);
        context.skip(missing);
      }
      const { user, password, database, host, port } = await nodeLogin();
      const login = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password, DB_SCHEMA: database };
      const [file, ...args] = program.command;
      const { output } = await run(file, args, { env: { ...program.env, ...login, DB_CA: caFile } });
      expect(seenIn(output)).toEqual(EXPECTED);
    });
  }
});

it('executed nothing of theirs without a record that names the agent', async () => {
  const entries = await log.read({ user: proxied.schema.name });
  const records = new Map(
    (await proxied.records()).map((record) => [`${record.session.id} ${record.session.statement_no}`, record]),
  );
  const tagged = taggedStatements(entries);
  expect(tagged.length).toBeGreaterThan(20);
  const unrecorded = tagged.filter(({ agent, session, statement, text }) => {
    const record = records.get(`${session} ${statement}`);
    const { agent: who, statement: recorded } = record ?? {};
    // The server's log leaves out white space at the end.
    return who?.subject !== agent || (recorded?.redacted !== true && recorded?.text.trimEnd() !== text.trimEnd());
  });
  expect(unrecorded).toEqual([]);
});

/** The last line, which is JSON; all of the output where it is none. */
function seenIn(output: string): unknown {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last);
  } catch {
    return output;
  }
}
