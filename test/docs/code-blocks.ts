import { readdirSync, readFileSync } from 'node:fs';

/** A fenced block of code. */
export interface CodeBlock {
  /** From the root of the repository. */
  readonly file: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

const ROOT = new URL('../../', import.meta.url);
const FENCE = /^([ ]*)```(\S*)[^\n]*\n(.*?)^\1```[ ]*$/gms;

/** The blocks of one text. */
export function codeBlocksOf(file: string, markdown: string): readonly CodeBlock[] {
  return Array.from(markdown.matchAll(FENCE), ({ 1: indent = '', 2: language = '', 3: text = '', index }) => ({
    file,
    line: markdown.slice(0, index).split('\n').length + 1,
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The blocks of README.md and of what is written by hand in docs. */
export function documentedBlocks(): readonly CodeBlock[] {
  const pages = readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)].flatMap((file) =>
    codeBlocksOf(file, readFileSync(new URL(file, ROOT), 'utf8')),
  );
}
