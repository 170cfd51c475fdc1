/** Controls, and what changes the direction or the line of text: all that can make a terminal show what is not there. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/**
 * Text that is safe to print, on one line. Records hold attacker-controlled text: a terminal obeys escape sequences in it, and a line
 * break behind `--` hides a statement in what looks like a comment, so it is shown as `↵`.
 */
export function printable(text: string): string {
  return text
    .replace(/\r\n|\n|\r/g, ' ↵ ')
    .replaceAll('\t', ' ')
    .replace(UNPRINTABLE, escaped);
}

/** JSON that is safe to print and means the same: what a terminal would obey stands as `\uXXXX`. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, escaped);
}
