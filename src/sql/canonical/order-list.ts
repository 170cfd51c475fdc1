import { isDigit } from '../lexer/byte-class.js';
import { TOKEN_COMMA, TOKEN_WORD } from '../lexer/token-kind.js';
import { isWord } from './word-match.js';

/** Most digits of a number that names an output column. */
const MAX_DIGITS = 3;

/**
 * Finds the numbers that name output columns, as in ORDER BY 2 and GROUP BY 1, 2: which ones they are says what the statement does. It is told
 * each word as it is written. What it takes for such a number and is none only keeps texts apart that could be one.
 */
export class OrderList {
  /** Depth of parentheses at which the list stands; -1 outside of one. */
  #depth = -1;
  #isFirst = false;

  /** Forgets the list: a new text begins. */
  reset(): void {
    this.#depth = -1;
  }

  /** A word was written. @param behindComma it follows a comma */
  word(bytes: Uint8Array, start: number, stop: number, depth: number, behindComma: boolean): void {
    this.#isFirst = false;
    if (stop - start === 2 && isWord(bytes, start, stop, 'by')) {
      this.#depth = depth;
      this.#isFirst = true;
      return;
    }
    if (depth !== this.#depth || behindComma) return;
    // Another clause begins.
    if (!isWord(bytes, start, stop, 'asc') && !isWord(bytes, start, stop, 'desc')) this.#depth = -1;
  }

  /** Whether a number names an output column. @param previous - the kind of the token before it */
  isPosition(bytes: Uint8Array, start: number, stop: number, depth: number, previous: number): boolean {
    if (depth !== this.#depth || stop - start > MAX_DIGITS) return false;
    if (previous !== TOKEN_COMMA && !(previous === TOKEN_WORD && this.#isFirst)) return false;
    for (let at = start; at < stop; at += 1) if (!isDigit(bytes[at])) return false;
    return true;
  }
}
