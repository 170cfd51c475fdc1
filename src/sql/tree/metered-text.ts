import type { WorkBudget } from '../work-budget.js';
import { refuseTree } from './node-reader.js';
import { listWork } from './list-work.js';

/**
 * Most reads of one place. Each may leave a word that was expected there, and where the parser gives up it sorts all of them: 10 ms. A place
 * in an ordinary statement is read some hundred times.
 */
const MAX_READS_OF_PLACE = 20_000;

/**
 * A text that counts how often it is read, and refuses to be read more often. The first parser backtracks: forms that stand in each other
 * are read again and again, in valid statements too, and each level may take five times as long and as much memory. All that it does is
 * to read its text by these methods, as it would those of a string; so whichever form it is, its time and memory are bounded.
 */
export class MeteredText {
  readonly length: number;
  readonly #text: string;
  readonly #budget: WorkBudget;
  readonly #places: Uint32Array;
  readonly #ofWords: Uint32Array;
  readonly #ofSymbols: Uint32Array;

  constructor(text: string, budget: WorkBudget) {
    this.length = text.length;
    this.#text = text;
    this.#budget = budget;
    this.#places = new Uint32Array(text.length + 1);
    const { words, symbols } = listWork(text);
    this.#ofWords = words;
    this.#ofSymbols = symbols;
  }

  /** How often the place was read that was read most often. */
  get mostReadsOfPlace(): number {
    return this.#places.reduce((most, reads) => Math.max(most, reads), 0);
  }

  /** As of a string. */
  charCodeAt(index: number): number {
    this.#read(index, this.#ofSymbols[index] ?? 0);
    return this.#text.charCodeAt(index);
  }

  /** As of a string. */
  charAt(index: number): string {
    this.#read(index, 0);
    return this.#text.charAt(index);
  }

  /** As of a string. */
  substr(index: number, length: number): string {
    // The parser compares so many characters with a keyword: those of SELECT, FROM and JOIN.
    this.#read(index, length === 4 || length === 6 ? (this.#ofWords[index] ?? 0) : 0);
    return this.#text.slice(index, index + length);
  }

  /** As of a string. */
  substring(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  /** As of a string: canonical text has nothing to trim. */
  trim(): this {
    return this;
  }

  #read(index: number, listed: number): void {
    this.#budget.spend(1 + listed);
    const reads = (this.#places[index] ?? 0) + 1;
    this.#places[index] = reads;
    if (reads > MAX_READS_OF_PLACE) refuseTree('expressions nested so deeply');
  }
}
