/** Which options a mysql2 has: as its types declare them, and as it takes them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const folder = dirname(createRequire(import.meta.url).resolve('mysql2-newest/package.json'));
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

function membersOf(path: string, name: string): readonly string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${path} declares no ${name}`);
  return found.members.map((member) => (member.name as ts.Identifier).text);
}

function takenOptions(): readonly string[] {
  const [, body] = /const validOptions = \{([^}]*)\}/.exec(read('lib/connection_config.js')) ?? [];
  if (body === undefined) throw new Error('mysql2 lists its options in another way');
  return Array.from(body.matchAll(/^\s*(\w+): 1,$/gm), ([, name]) => name ?? '');
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** What connections and pools can be given. */
export function connectionOptionNames(): readonly string[] {
  return sorted([
    ...membersOf('typings/mysql/lib/Connection.d.ts', 'ConnectionOptions'),
    ...membersOf('typings/mysql/lib/Pool.d.ts', 'PoolOptions'),
    ...takenOptions(),
  ]);
}

/** What a statement can be given. */
export function queryOptionNames(): readonly string[] {
  return sorted(membersOf('typings/mysql/lib/protocol/sequences/Query.d.ts', 'QueryOptions'));
}
