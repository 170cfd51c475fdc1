import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOthers } from '../../../examples/cookbook/find-others.js';
import { credentialsOf, PEOPLE, rolesOf } from '../../../examples/cookbook/people.js';
import { playDay, type Shop } from '../../../examples/cookbook/play-day.js';
import { DRAFTS } from '../../../examples/cookbook/day.js';
import { makeCommandFolder } from '../../../examples/stage/shell.js';
import { SHOP } from '../../../examples/stage/shop.js';
import { getToken } from '../../../examples/stage/sign-in.js';
import type { DatabaseAddress } from '../../database/index.js';
import { createSchema, type TestSchema } from '../../database/schema.js';
import { type IssuerClient, startIssuer } from '../../issuer/index.js';
import type { Substitution } from './run-page.js';
import { Terminal } from './terminal.js';

/** The token that opens every route of the collector. */
export const ADMIN_TOKEN = 'the-token-of-the-docs';

const agent = (clientId: string, name?: string): IssuerClient => ({
  clientId,
  clientSecret: `secret of ${clientId}`,
  claims: { groups: ['agents'], ...(name !== undefined && { name }) },
});
/** Agents of pages that know nothing of the shop of the cookbook. */
const MORE_AGENTS = [
  agent('agent-support-agent', 'support-agent'),
  agent('agent-billing-agent', 'billing-agent'),
  agent('billing-agent'),
  agent('trial-agent'),
];
/** What README.md calls, which `SHOW CREATE` may not show to its callers. */
const CLOSE_MONTH = "CREATE PROCEDURE close_month() UPDATE orders SET status = 'closed' WHERE status = 'shipped'";

/** What the pages' commands talk to. */
export interface CommandStage {
  readonly shop: Shop & { readonly schema: TestSchema };
  readonly database: DatabaseAddress;
  /** Programs of the pages that are neither here nor can be had. */
  readonly missing: readonly string[];
  /** The key of the cookbook's trail. */
  readonly signingKey: string;
  /** A bearer token of somebody at the issuer. */
  tokenOf(name: string): Promise<string>;
  /** A folder of its own for a page. */
  newFolder(): string;
  /** A terminal in that folder, with `countersign` and `npx` of its own. */
  openTerminal(folder: string, env?: NodeJS.ProcessEnv): Terminal;
  stop(): Promise<void>;
}

/** Starts an issuer, a schema and a collector, and plays the day of the cookbook. */
export async function startCommandStage(database: DatabaseAddress): Promise<CommandStage> {
  const root = mkdtempSync(join(tmpdir(), 'countersign-commands-'));
  const commands = join(root, 'bin');
  const { found, missing } = await findOthers();
  if (missing.length > 0 && process.env['CI'] !== undefined) throw new Error(`install ${missing.join(' and ')}`);
  makeCommandFolder(commands, found);
  const basic = { ...process.env, PATH: `${commands}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1' };
  const openTerminal = (folder: string, env = {}): Terminal => new Terminal(folder, { ...basic, ...env });
  const [issuer, schema] = await Promise.all([
    startIssuer([...PEOPLE, ...MORE_AGENTS]),
    createSchema(database, [...SHOP, DRAFTS, CLOSE_MONTH], 'shop'),
  ]);
  const operator = openTerminal(root, { COUNTERSIGN_COLLECTOR_TOKEN: ADMIN_TOKEN });
  const stop = async (): Promise<void> => {
    await operator.close();
    await Promise.all([issuer.stop(), schema.drop()]);
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const collector = `countersign collector --dir collector --port 0 ${rolesOf(issuer).join(' ')}`;
    const { output } = await operator.serve(collector, /listening on http\S+\n/);
    const [collectorUrl = ''] = /http\S+/.exec(output) ?? [];
    const shop = { directory: root, issuer, schema, collectorUrl, collectorToken: ADMIN_TOKEN };
    const signingKey = await playDay(shop);
    let folders = 0;
    return {
      ...{ shop, database, missing, signingKey, openTerminal },
      tokenOf: (name) => getToken(credentialsOfAny(shop, name)),
      newFolder(): string {
        const folder = join(root, `page-${(folders += 1)}`);
        mkdirSync(folder);
        return folder;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What somebody signs in with, of the shop or of another page. */
export function credentialsOfAny({ issuer }: Shop, name: string): ReturnType<typeof credentialsOf> {
  const found = MORE_AGENTS.find(({ clientId }) => clientId === name);
  if (found === undefined) return credentialsOf(issuer, name);
  const { issuer: url, audience, tokenEndpoint } = issuer;
  return { issuer: url, audience, tokenEndpoint, clientId: name, clientSecret: found.clientSecret };
}

/** The address of a schema, without TLS, which the pages' addresses have not either. */
export function urlOf({ connection: { host, port, user, password, database } }: TestSchema): string {
  return `mysql://${user}:${password}@${host}:${port}/${database}`;
}

/** What stands for the same thing on every page. */
export function commonSubstitutions({ shop }: CommandStage, folder: string): readonly Substitution[] {
  let directories = 0;
  return [
    [/https:\/\/collector\.example\.com|http:\/\/127\.0\.0\.1:7070/g, shop.collectorUrl],
    [/(?<=COUNTERSIGN_COLLECTOR_TOKEN=)(?:\.\.\.|…)/g, ADMIN_TOKEN],
    [
      /--dir \/var\/lib\/countersign(?: --port \d+)?/g,
      () => `--dir ${join(folder, `collector-${(directories += 1)}`)} --port 0`,
    ],
    [/https:\/\/login\.example\.com/g, shop.issuer.issuer],
    [/urn:example:\w+/g, shop.issuer.audience],
    [/\bshop\./g, `${shop.schema.name}.`],
  ];
}

/** Names of this stage, as pages have them. */
export const SAID_HERE: readonly (readonly [RegExp, string])[] = [
  [/\bshop_[\da-f]{12}@%/g, 'svc_agents@%'],
  [/\bshop_[\da-f]{12}\b/g, 'shop'],
];
