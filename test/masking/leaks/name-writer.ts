import type { Draw } from './draw.js';

/** Names for output columns, many of them those of columns that mean something else. As they are written, and as others name them. */
const ALIASES: readonly (readonly [written: string, name: string])[] = [
  ...['x', 'y', 'id', 'email', 'name', 'salary', 'born', 'city', 'label', 'contact', 'person_id', 'kind'].map(
    (name) => [name, name] as const,
  ),
  ...[
    ['Total', 'Total'],
    ['EMAIL', 'EMAIL'],
    ['`a b`', 'a b'],
    ["'q'", 'q'],
    ['`\u0130d`', '\u0130d'],
    ['`next of kin`', 'next of kin'],
  ].map(([written = '', name = '']) => [written, name] as const),
];

/** A name for an output column. @param taken - names that others have; where it is given, the name is none of them */
export function alias(draw: Draw, taken?: ReadonlySet<string>): readonly [written: string, name: string] {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const found = draw.pick(ALIASES);
    if (taken?.has(foldedName(found[1])) !== true) return found;
  }
  const next = `c${String(taken?.size ?? 0)}`;
  return [next, next];
}

/** How the server compares the names of columns here. */
export function foldedName(name: string): string {
  return name.replaceAll('\u0130', 'i').toLowerCase();
}

/** Letters that the server takes for others in the names of columns. */
const ODD_LETTERS: Readonly<Record<string, string>> = { i: '\u0130', e: '\u00e9', a: '\u00e4' };

/** A name as a statement may write it: in another case, quoted, with a letter that counts as the same, in a versioned comment. */
export function writtenName(draw: Draw, name: string): string {
  if (/[^A-Za-z0-9_]/.test(name)) return `\`${name}\``;
  if (draw.rarely(10)) return `\`${name}\``;
  if (draw.rarely(10)) return name.toUpperCase();
  if (draw.rarely(80)) return `/*!40000 ${name} */`;
  if (draw.rarely(60)) return `\`${name.replace(/[iea]/, (letter) => ODD_LETTERS[letter] ?? letter)}\``;
  return name;
}
