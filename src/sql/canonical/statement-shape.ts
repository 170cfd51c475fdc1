import { beginsBlock, beginsDefinition, isWord, namesRoutine } from './word-match.js';

const START = 0;
const INSIDE = 1;
const BEHIND_BEGIN = 2;
const DEFINITION = 3;

/** Follows the words of a statement, to know whether a semicolon ends it and whether its literals matter. */
export class StatementShape {
  /** The statement is SET: its literals change how later text is read, so they stay in the canonical text. */
  keepsLiterals = false;
  /** The statement has a body or is a block: a semicolon does not end it. The rest of the text is judged as one statement. */
  hasBody = false;
  #phase = START;

  /** A statement begins. */
  reset(): void {
    this.keepsLiterals = false;
    this.hasBody = false;
    this.#phase = START;
  }

  /** An unquoted word of the statement. */
  word(bytes: Uint8Array, start: number, stop: number): void {
    if (this.#phase === INSIDE) return;
    if (this.#phase === START) this.#first(bytes, start, stop);
    else if (this.#phase === DEFINITION) {
      if (namesRoutine(bytes, start, stop)) this.hasBody = true;
    } else {
      this.hasBody = isWord(bytes, start, stop, 'not');
      this.#phase = INSIDE;
    }
  }

  /** Any other token. `opens`: it is a parenthesis, behind which no word is the object of CREATE. */
  other(opens: boolean): void {
    if (this.#phase !== DEFINITION || opens) this.#phase = INSIDE;
  }

  #first(bytes: Uint8Array, start: number, stop: number): void {
    this.#phase = INSIDE;
    if (stop - start > 7) return;
    if (isWord(bytes, start, stop, 'set')) this.keepsLiterals = true;
    else if (isWord(bytes, start, stop, 'begin')) this.#phase = BEHIND_BEGIN;
    else if (beginsDefinition(bytes, start, stop)) this.#phase = DEFINITION;
    else if (beginsBlock(bytes, start, stop)) this.hasBody = true;
  }
}
