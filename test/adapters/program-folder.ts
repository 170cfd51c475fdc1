import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import type { DatabaseAddress } from '../database/index.js';
import { run, type RunResult } from '../database/run.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { startAgents } from '../governed/agents.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder with a program in it that has Countersign among its packages, as `npm install` would have put it there, and a configuration. */
export interface ProgramFolder {
  readonly path: string;
  readonly schema: TestSchema;
  /** Options of mysql2 for a JavaScript program, as its source. */
  readonly connection: string;
  write(name: string, source: string): Promise<void>;
  /** Runs Node.js in the folder. */
  node(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<RunResult>;
  /** The statements' records so far. */
  records(): Promise<StatementRecord[]>;
  close(): Promise<void>;
}

/** What a folder is made with. */
export interface ProgramFolderOptions {
  readonly statements: readonly string[];
  /** Packages of this repository that the program has, and under which name. Default: mysql2. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** Makes a folder, with `countersign.config.mjs` for an agent whose token comes from a real issuer. */
export async function makeProgramFolder(
  database: DatabaseAddress,
  { statements, packages = { mysql2: 'mysql2' } }: ProgramFolderOptions,
): Promise<ProgramFolder> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-program-'));
  const schema = await createSchema(database, statements);
  const agents = await startAgents();
  const { issuer, audience, tokenEndpoint, clientId, clientSecret } = agents.credentials('anna');
  await mkdir(join(path, 'node_modules'));
  await symlink(root, join(path, 'node_modules', 'countersign'));
  for (const [name, installed] of Object.entries(packages)) {
    await mkdir(dirname(join(path, 'node_modules', name)), { recursive: true });
    await symlink(join(root, 'node_modules', installed), join(path, 'node_modules', name));
  }
  const write = (name: string, source: string): Promise<void> => writeFile(join(path, name), source);
  await write('package.json', '{}');
  await write(
    'countersign.config.mjs',
    `import { clientCredentials, createRenewingIdentity, createTokenVerifier, fileTransport } from 'countersign';
export default async () => ({
  governor: {
    identity: await createRenewingIdentity({
      verifier: createTokenVerifier(${JSON.stringify({ issuer, audience })}),
      source: clientCredentials(${JSON.stringify({ tokenEndpoint, audience, clientId, clientSecret })}),
    }),
    audit: { directory: 'journal', transports: [fileTransport({ path: ${JSON.stringify(join(path, 'records.jsonl'))} })] },
  },
});
`,
  );
  return {
    path,
    schema,
    connection: JSON.stringify(schema.connection),
    write,
    node: (args, env = {}) => run(process.execPath, args, { cwd: path, env }),
    async records(): Promise<StatementRecord[]> {
      const lines = (await readFile(join(path, 'records.jsonl'), 'utf8')).trim().split('\n');
      const records = lines.map((line) => JSON.parse(line) as AuditRecord);
      return records.filter((record) => record.type === 'statement');
    },
    async close(): Promise<void> {
      await agents.stop();
      await schema.drop();
      await rm(path, { recursive: true, force: true });
    },
  };
}
