/** Files that commands read, as the pages show them. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeBlocksOf } from '../code-blocks.js';
import { readFromRoot } from '../named-in.js';
import { type BlockStage, environmentOf, substitutionsOf, writeFiles } from '../running/stage.js';
import { type CommandStage, credentialsOfAny, urlOf } from './stage.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The first block of a page in a language that holds a text. */
export function blockOf(file: string, language: string, holding: string): string {
  const block = codeBlocksOf(file, readFromRoot(file)).find(
    (one) => one.language === language && one.text.includes(holding),
  );
  if (block === undefined) throw new Error(`${file} has no block of ${language} with ${holding}`);
  return block.text;
}

/** The stage, as the code of the pages takes it. */
function blockStage({ shop }: CommandStage, directory: string): BlockStage {
  const { issuer, audience, clientId, clientSecret } = credentialsOfAny(shop, 'billing-agent');
  const { host, port, user, password } = shop.schema.connection;
  return {
    ...{ directory, issuer, audience, clientId, clientSecret },
    ...{ databaseUrl: urlOf(shop.schema), database: { host, port, user, password }, schema: shop.schema.name },
    ...{ collectorUrl: shop.collectorUrl, collectorToken: shop.collectorToken, logsUrl: shop.collectorUrl },
  };
}

/**
 * Writes a configuration of a page into a folder, with what it reads, and installs what it imports.
 * @returns the environment that it reads
 */
export function writeConfiguration(
  stage: CommandStage,
  folder: string,
  text: string,
): Readonly<Record<string, string>> {
  const block = blockStage(stage, folder);
  const here = substitutionsOf(block).reduce((so, [pattern, value]) => so.replaceAll(pattern, value), text);
  writeFiles(folder);
  writeFileSync(join(folder, 'countersign.config.ts'), here);
  writeFileSync(join(folder, 'policy.yaml'), policyFile());
  installHere(folder);
  return { ...environmentOf(block), DATABASE_PASSWORD: block.database.password };
}

/** The policy file of docs/policies.md. */
export const policyFile = (): string => blockOf('docs/policies.md', 'yaml', 'extends: bounded #');

/** Installs the package as it is built, and the driver. */
export function installHere(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, path] of installed) symlinkSync(path, join(folder, 'node_modules', name));
}

/** What stands for `npm install`, of packages that are here. */
const installed: readonly (readonly [string, string])[] = [
  ['countersign', ROOT],
  ['mysql2', join(ROOT, 'node_modules/mysql2')],
];
export const INSTALL_COMMAND: string = [
  'mkdir node_modules',
  ...installed.map(([name, path]) => `ln -s '${path}' node_modules/${name}`),
].join(' && ');
