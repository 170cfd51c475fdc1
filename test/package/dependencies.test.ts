import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedPackages } from '../../scripts/sbom.js';
import { readFromRoot } from '../docs/named-in.js';
import { manifest } from './consumer.js';
import { ROOT } from './npm.js';

/** Name, and the cells after it. */
const ROW = /^\| `([@\w/.-]+)` +\|(.*)\|$/gm;
/** How far a size may be off before the page is wrong. */
const TOLERANCE = 0.1;

interface Dependencies {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const page = readFromRoot('docs/package.md');
const packageFolder = (name: string): string => join(ROOT, 'node_modules', name);

function section(markdown: string, heading: string): ReadonlyMap<string, readonly string[]> {
  const [, text = ''] = markdown.split(`\n## ${heading}\n`);
  const rows = text.split('\n## ')[0]?.matchAll(ROW) ?? [];
  return new Map(
    Array.from(rows, ([, name = '', cells = '']) => [name, cells.split(/(?<!\\)\|/).map((cell) => cell.trim())]),
  );
}

/** Bytes of a package's own files. */
function bytesOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== 'node_modules');
  return entries.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size);
  }, 0);
}

const licenceOf = (name: string): unknown =>
  (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { license?: unknown }).license;

function rowProblems(name: string, cells: readonly string[]): readonly string[] {
  const [licence, megabytes, , purpose, instead] = cells;
  const bytes = bytesOf(packageFolder(name));
  const isRight = Math.abs(Number(megabytes) * 1e6 - bytes) <= Math.max(TOLERANCE * bytes, 100_000);
  return [
    ...(licence === licenceOf(name) ? [] : [`${name}: its licence is ${String(licenceOf(name))}`]),
    ...(isRight ? [] : [`${name}: it has ${(bytes / 1e6).toFixed(1)} MB`]),
    ...(purpose && instead ? [] : [`${name}: why it is there is not said`]),
  ];
}

/** What the page says wrongly of direct dependencies and peers. */
function problemsOf(markdown: string, { dependencies, peerDependencies }: Dependencies): readonly string[] {
  const [direct, peers] = [section(markdown, 'Direct dependencies'), section(markdown, 'Peers')];
  const compare = (rows: ReadonlyMap<string, unknown>, names: readonly string[]): readonly string[] => [
    ...names.filter((name) => !rows.has(name)).map((name) => `${name}: is not on the page`),
    ...[...rows.keys()].filter((name) => !names.includes(name)).map((name) => `${name}: is on the page only`),
  ];
  return [
    ...compare(direct, Object.keys(dependencies)),
    ...compare(peers, Object.keys(peerDependencies)),
    ...[...direct].filter(([name]) => name in dependencies).flatMap(([name, cells]) => rowProblems(name, cells)),
    ...[...peers]
      .filter(([name, cells]) => name in peerDependencies && cells[1] !== licenceOf(name))
      .map(([name]) => `${name}: its licence is ${String(licenceOf(name))}`),
  ];
}

describe('docs/package.md', () => {
  it('has every direct dependency and peer, with licence, size, and why it is there', () => {
    expect(problemsOf(page, manifest)).toEqual([]);
  });

  it('is found wrong where one is missing or too much, or has another licence or size', () => {
    const changed = page
      .replace(/^\| `jose` .*\n/m, '')
      .replace(/(\| `yaml` +\| )ISC/, '$1MIT')
      .replace(/(\| `fastify` +\| MIT +\| )\S+/, '$11.0')
      .replace('| `knex` ', '| `mysql` ');
    expect(problemsOf(changed, manifest)).toEqual([
      'jose: is not on the page',
      'knex: is not on the page',
      'mysql: is on the page only',
      'fastify: it has 3.0 MB',
      'yaml: its licence is ISC',
    ]);
  });

  it('names the licence of everything that ships', () => {
    const licences = new Set([...shippedPackages().values()].map(({ license }) => license));
    const [, named = ''] = /^- Licences: (.*)$/m.exec(page) ?? [];
    expect([...licences].sort()).toEqual(
      named.match(/[\w.]+-[\d.]+(?:-Clause)?|0BSD|ISC|MIT|Unlicense|BSD-3-Clause/g)?.sort(),
    );
  });
});

describe('what ships', () => {
  it('is pinned where it is ours to pin', () => {
    const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)];
    expect(versions.filter((version) => !/^(?:npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('runs no script as it is installed', () => {
    const scripted = [...shippedPackages()].filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripted).toEqual([]);
    expect(Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});
