import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFromRoot } from './named-in.js';

const FENCED = /^[ ]*```.*?^[ ]*```/gms;
const LINK = /\]\(([^()\s]+)\)/g;
const HEADING = /^#{1,6} (.+)$/gm;

const pages = readdirSync(new URL('../../docs/', import.meta.url)).filter((name) => name.endsWith('.md'));
const files = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages.map((name) => `docs/${name}`)];

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = Array.from(markdown.replaceAll(FENCED, '').matchAll(HEADING), ([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The links of a page that lead nowhere within the repository. */
function brokenLinks(file: string, markdown: string): readonly string[] {
  const links = Array.from(markdown.replaceAll(FENCED, '').matchAll(LINK), ([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : posix.join(posix.dirname(file), path);
    if (path !== '' && !existsSync(new URL(`../../${target}`, import.meta.url))) return true;
    return anchor !== undefined && !anchorsOf(path === '' ? markdown : readFromRoot(target)).has(anchor);
  });
}

describe('the links of the docs', () => {
  it.each(files)('lead somewhere in %s', (file) => {
    expect(brokenLinks(file, readFromRoot(file))).toEqual([]);
  });

  it('are found broken where they are', () => {
    const page =
      "# What it is, and isn't\n\n[a](#what-it-is-and-isnt) [b](#what) [c](gone.md) [d](../README.md#nowhere) [e](https://example.com)\n";
    expect(brokenLinks('docs/page.md', page)).toEqual(['#what', 'gone.md', '../README.md#nowhere']);
  });

  it('lead from the README to every page', () => {
    const readme = readFromRoot('README.md');
    expect(pages.filter((name) => !readme.includes(`](docs/${name}`))).toEqual([]);
  });
});
