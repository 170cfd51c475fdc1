import { readFileSync } from 'node:fs';
import { codeBlocksOf } from '../../test/docs/code-blocks.js';

/** A question of the cookbook, and the commands that answer it. */
export interface Question {
  readonly title: string;
  readonly commands: readonly string[];
}

/** The questions of a page, under its headings, and the commands of their blocks. */
export function questionsOf(markdown: string): readonly Question[] {
  const lines = markdown.split('\n');
  const blocks = codeBlocksOf('', markdown).filter(({ language }) => language === 'console');
  const titleOf = (line: number): string => lines.slice(0, line).findLast((one) => one.startsWith('## ')) ?? '';
  const titles = [...new Set(blocks.map(({ line }) => titleOf(line)))];
  return titles.map((title) => ({
    title: title.slice(3),
    commands: blocks
      .filter(({ line }) => titleOf(line) === title)
      .flatMap(({ text }) => Array.from(text.matchAll(/^\$ (.*)$/gm), ([, command = '']) => command)),
  }));
}

/** Those of docs/cookbook.md. */
export function readQuestions(): readonly Question[] {
  return questionsOf(readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8'));
}

/** Who has the role that a command takes: dave is an auditor, carol may do more. */
export const askedBy = (command: string): 'carol' | 'dave' =>
  / approvals |\/v1\/accesses/.test(command) ? 'carol' : 'dave';
