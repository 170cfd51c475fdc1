/**
 * Whether the bytes from `start` to `stop` are an ASCII word, in any case.
 * @param lower the word in lower case, letters only
 */
export function isWord(bytes: Uint8Array, start: number, stop: number, lower: string): boolean {
  if (stop - start !== lower.length) return false;
  for (let index = 0; index < lower.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}

function isOneOf(bytes: Uint8Array, start: number, stop: number, words: readonly string[]): boolean {
  for (const word of words) {
    if (isWord(bytes, start, stop, word)) return true;
  }
  return false;
}

const BLOCK_VERBS = ['if', 'while', 'loop', 'repeat', 'for', 'case', 'declare'];
const ROUTINE_OBJECTS = ['procedure', 'function', 'trigger', 'event', 'package'];
const DEFINITION_VERBS = ['create', 'alter'];
const NULLISH = ['null', 'default', 'true', 'false'];

/** Words that begin an anonymous block, which has semicolons inside (MariaDB). BEGIN does only before NOT. */
export function beginsBlock(bytes: Uint8Array, start: number, stop: number): boolean {
  return isOneOf(bytes, start, stop, BLOCK_VERBS);
}

/** Objects of CREATE whose body may have semicolons inside. */
export function namesRoutine(bytes: Uint8Array, start: number, stop: number): boolean {
  return isOneOf(bytes, start, stop, ROUTINE_OBJECTS);
}

/** CREATE and ALTER. */
export function beginsDefinition(bytes: Uint8Array, start: number, stop: number): boolean {
  return isOneOf(bytes, start, stop, DEFINITION_VERBS);
}

/** Words that stand for a value in a row of VALUES. */
export function isNullish(bytes: Uint8Array, start: number, stop: number): boolean {
  return isOneOf(bytes, start, stop, NULLISH);
}

/**
 * Whether a canonical text may hold comments that the server runs. A second line: in a statement that changes rows, whether a comment runs must
 * not matter, as a WHERE in it would.
 */
export function mayRunComments(text: Buffer, start: number, end: number): boolean {
  const beginning = text.toString('latin1', start, Math.min(end, start + 24));
  return /^ ?(?:SELECT|SHOW|SET(?! STATEMENT)|START|CREATE|LOCK TABLES?)\b/i.test(beginning);
}
