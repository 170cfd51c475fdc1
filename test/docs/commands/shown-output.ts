/** What is another in each run, on the page as in the output. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\r/g, ''],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'TIME'],
  [/\+?\b\d{1,2}:\d\d(?::\d\d)?\.\d{3}\b/g, 'TIME'],
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b|\b[\da-f]{8}-(?:[\da-f]{4}-)*…/g, 'ID'],
  [/\b(?:127\.0\.0\.1|localhost):\d+/g, 'SERVER'],
  [/[\w+/]{43}=/g, 'KEY'],
  [/\b\d+(?:\.\d+)? (?:µs|ms|s|min)\b/g, 'DURATION'],
  [/^── (?:mariadb|mysql) /gm, '── DATABASE '],
  [/ {2,}/g, '  '],
  [/ +$/gm, ''],
];

/** The same text for the same thing at another time, in another place. */
export function settled(text: string): string {
  return VARYING.reduce((so, [pattern, name]) => so.replaceAll(pattern, name), text).trimEnd();
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** `…` stands for anything; by itself in a line, for lines. */
function patternOf(shown: string): RegExp {
  const lines = settled(shown).split('\n');
  const patterns = lines.map((line) =>
    line.trim() === '…' ? String.raw`(?:.*\n)+?` : `${line.split('…').map(literal).join('.*')}\n`,
  );
  return new RegExp(`^${patterns.join('')}$`);
}

/** Whether an output is the one that a page shows. */
export function isShown(shown: string, output: string): boolean {
  return shown === '' ? settled(output) === '' : patternOf(shown).test(`${settled(output)}\n`);
}
