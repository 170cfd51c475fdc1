import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const CODE = /^[ ]*```.*?^[ ]*```|`[^`\n]+`/gms;
const WORD = /[$\w](?:[\w.-]*\w)?/g;

/** What a page writes as code, in blocks and within its sentences, as words. */
export function wordsOfCode(markdown: string): ReadonlySet<string> {
  return new Set(Array.from(markdown.matchAll(CODE), ([code]) => code.match(WORD) ?? []).flat());
}

/** A file of the repository. */
export function readFromRoot(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}
