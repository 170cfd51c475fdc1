import { readFileSync } from 'node:fs';

const BLOCK = /^```text\n(.*?)^```$/ms;

/** The lines of output that the page of an example shows, as patterns: `…` stands for anything. */
function shownLines(readme: string): readonly RegExp[] {
  const lines =
    BLOCK.exec(readme)?.[1]
      ?.split('\n')
      .map((line) => line.trim()) ?? [];
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return lines
    .filter((line) => line !== '' && line !== '…')
    .map((line) => new RegExp(`^\\s*${line.split('…').map(literal).join('.*')}\\s*$`));
}

/** What the page of an example shows and is not in its output, as patterns. At least two lines have to be shown. */
export function missingLines(name: string, output: string): readonly string[] {
  const shown = shownLines(readFileSync(new URL(`../../examples/${name}/README.md`, import.meta.url), 'utf8'));
  if (shown.length < 2) return [`${name}/README.md shows no output`];
  const lines = output.split('\n');
  return shown.filter((pattern) => !lines.some((line) => pattern.test(line))).map(String);
}
