import { BYTE_SPACE, byteClass } from '../lexer/byte-class.js';

/** Words that the server reads as a keyword only where a parenthesis follows at once, and as a name elsewhere. */
export class GluedWords {
  readonly #words: (readonly string[] | undefined)[] = [];

  /** @param words in lower case: letters, digits and underscores, at most 31 bytes */
  constructor(words: readonly string[]) {
    for (const word of words) {
      const slot = slotOf(word.length, word.charCodeAt(0));
      this.#words[slot] = [...(this.#words[slot] ?? []), word];
    }
  }

  /**
   * Whether the unquoted word from `start` to `stop` is one of them, in any case, and apart from its parenthesis: then it is a name.
   * @param ignoreSpace the session ignores white space in between
   */
  isApart(bytes: Uint8Array, start: number, stop: number, parenthesis: number, ignoreSpace: boolean): boolean {
    if (stop === parenthesis || !this.#has(bytes, start, stop)) return false;
    if (!ignoreSpace) return true;
    // A comment is not ignored (sql/sql_lex.cc, MY_LEX_IDENT).
    for (let at = stop; at < parenthesis; at += 1) if (byteClass[bytes[at] ?? 0] !== BYTE_SPACE) return true;
    return false;
  }

  #has(bytes: Uint8Array, start: number, stop: number): boolean {
    const length = stop - start;
    const words = length > MAX_LENGTH ? undefined : this.#words[slotOf(length, bytes[start] ?? 0)];
    if (words === undefined) return false;
    for (const word of words) if (isSame(bytes, start, word)) return true;
    return false;
  }
}

const MAX_LENGTH = 31;

function slotOf(length: number, first: number): number {
  return (length << 5) | (first & 0x1f);
}

// An underscore has the bit of upper case. What it becomes with it is no byte of a word.
function isSame(bytes: Uint8Array, start: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== (word.charCodeAt(index) | 0x20)) return false;
  }
  return true;
}
