import type { CodeBlock } from '../code-blocks.js';

/** Languages of blocks that are run. */
export const RUN_LANGUAGES: readonly string[] = ['console', 'sh', 'sql'];

/** Something of a page that is run. */
export interface PageCommand {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly language: string;
  /** The command line, without its `$`, or the statements of a block of SQL. */
  readonly text: string;
  /** What the page shows of its output; undefined where it shows nothing of a command of which something may come. */
  readonly shown: string | undefined;
}

/** What is run of a page, in its order. */
export function commandsOf(blocks: readonly CodeBlock[]): readonly PageCommand[] {
  return blocks.flatMap((block) => {
    switch (block.language) {
      case 'console':
        return consoleCommands(block);
      case 'sh':
        return shellCommands(block, outputBelow(block, blocks));
      case 'sql':
        return [{ ...placeOf(block, 0), text: block.text, shown: undefined }];
      default:
        return [];
    }
  });
}

/** Commands that a page hides in a block that is not run. */
export function hiddenCommands(blocks: readonly CodeBlock[]): readonly CodeBlock[] {
  return blocks.filter(({ language, text }) => !RUN_LANGUAGES.includes(language) && /^\$ /m.test(text));
}

const placeOf = (
  { file, line, language }: CodeBlock,
  offset: number,
): Pick<PageCommand, 'file' | 'line' | 'language'> => ({
  file,
  line: line + offset,
  language,
});

/** Each command has a `$` in front, and its output below. */
function consoleCommands(block: CodeBlock): readonly PageCommand[] {
  const lines = block.text.trimEnd().split('\n');
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  if (starts[0] !== 0) throw new Error(`${block.file}:${block.line} does not begin with a command: $ …`);
  return starts.map((start, index) => ({
    ...placeOf(block, start),
    text: (lines[start] ?? '').slice(2),
    shown: lines
      .slice(start + 1, starts[index + 1])
      .join('\n')
      .trimEnd(),
  }));
}

/** A line is a command, but for comments; one that ends with a backslash goes on. */
function shellCommands(block: CodeBlock, output: string | undefined): readonly PageCommand[] {
  const found: PageCommand[] = [];
  for (let lines = block.text.trimEnd().split('\n'), at = 0; at < lines.length;) {
    const whole = lines.slice(at, lines.findIndex((line, index) => index >= at && !line.endsWith('\\')) + 1);
    const text = whole.join('\n');
    if (!/^\s*(#.*)?$/.test(text)) found.push({ ...placeOf(block, at), text, shown: undefined });
    at += whole.length;
  }
  return found.map((command, index) => (index === found.length - 1 ? { ...command, shown: output } : command));
}

/** A block of text that follows at once is what the last command says. */
function outputBelow({ file, line, text }: CodeBlock, blocks: readonly CodeBlock[]): string | undefined {
  const below = line + text.split('\n').length - 1 + 3;
  return blocks
    .find((other) => other.file === file && other.line === below && other.language === 'text')
    ?.text.trimEnd();
}
