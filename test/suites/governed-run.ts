import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AuditRecord } from '../../src/audit/index.js';
import { createGovernor } from '../../src/session/index.js';
import { fileTransport } from '../../src/transports/index.js';
import { openGeneralLog } from '../database/general-log.js';
import type { TestDatabase } from '../database/index.js';
import { startAgents } from '../governed/agents.js';

/** What the server executed, beside the records. */
export interface Account {
  /** Statements in the general log that are not Countersign's own. */
  readonly executed: number;
  /** Texts of those that no record with an identity tells of. */
  readonly unaccounted: readonly string[];
}

/** How programs are governed that know nothing of it, by one agent under a policy that allows everything. */
export interface GovernedRun {
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
  /** Delivers what is left in the journals, and compares. */
  account(): Promise<Account>;
  close(): Promise<void>;
}

const dist = (path: string): string =>
  pathToFileURL(fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))).href;
const TAG = /^\/\*(?:actor='[^']*',)?agent='agent-anna',session='([^']*)',statement='(\d+)'[^*]*\*\/ /;

/**
 * Writes a configuration for them, which takes its token from a real issuer.
 * @param user whose statements are held against the records
 */
export async function governedRun(database: TestDatabase, user: string): Promise<GovernedRun> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-suite-'));
  const agents = await startAgents();
  const { issuer, audience, ...client } = agents.credentials('anna');
  const config = join(directory, 'countersign.config.mjs');
  const journal = join(directory, 'journal');
  await writeFile(
    config,
    `import { clientCredentials, createTokenVerifier, fileTransport } from '${dist('src/index.js')}';
export default async () => {
  const token = await clientCredentials(${JSON.stringify({ ...client, audience })}).getToken();
  return {
    governor: {
      identity: await createTokenVerifier(${JSON.stringify({ issuer, audience })}).verify(token),
      policy: { name: 'everything', rules: [{ name: 'everything', effect: 'allow', matches: () => 'it is a test' }] },
      audit: { directory: '${journal}', transports: [fileTransport({ path: '${directory}/records-' + process.pid + '.jsonl' })] },
    },
  };
};
`,
  );
  const log = await openGeneralLog(database);
  return {
    env: { COUNTERSIGN_CONFIG: config },
    nodeArguments: ['--import', dist('adapters/mysql2/register.js')],
    async account(): Promise<Account> {
      await deliverRest(journal, join(directory, 'records-rest.jsonl'));
      const known = new Set((await recordsIn(directory)).flatMap(placeOf));
      const entries = await log.read({ user });
      const texts = entries
        .filter(({ commandType }) => commandType === 'Query' || commandType === 'Prepare')
        .map(({ argument }) => argument)
        .filter((text) => !text.startsWith('/* countersign: ') && text !== '');
      const unaccounted = texts.filter((text) => {
        const [, session = '', statement = ''] = TAG.exec(text) ?? [];
        return !known.has(`${session} ${statement}`);
      });
      return { executed: texts.length, unaccounted };
    },
    async close(): Promise<void> {
      await log.close();
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A process that has ended leaves its journal to the next one. */
async function deliverRest(journal: string, path: string): Promise<void> {
  const governor = await createGovernor({ audit: { directory: journal, transports: [fileTransport({ path })] } });
  for (;;) {
    await setTimeout(500);
    const { transports, openIntents } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) break;
  }
  await governor.close();
}

async function recordsIn(directory: string): Promise<AuditRecord[]> {
  const files = (await readdir(directory)).filter((name) => name.startsWith('records-'));
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditRecord),
  );
}

function placeOf(record: AuditRecord): string[] {
  if (record.type !== 'statement' || record.agent === undefined) return [];
  return [`${record.session.id} ${record.session.statement_no}`];
}
