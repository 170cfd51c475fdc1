import type { Token } from '../canonical/token.js';
import type { WorkBudget } from '../work-budget.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { chainDepth } from './chain-depth.js';
import { parserModule } from './parser-file.js';
import { ParserInstance } from './parser-instance.js';
import { retryDepth } from './retry-depth.js';

/** Deepest chain of operators that the parser gets. Its stack is used up at about 750. */
const MAX_CHAIN_DEPTH = 400;
/** Most tokens that the parser may have to read where it reads some again and again: about 25 ms. */
const MAX_TOKENS_READ = 65_536;
/** What such a token costs, in reads by the first parser. */
const READS_PER_TOKEN = 8;
/** Most memory that an instance may keep, in bytes. A tree of the longest text takes about 8 MiB. */
const MAX_MEMORY_BYTES = 32 * 1024 * 1024;

/** A parser of another family than the first one, to be asked for the same text. */
export class SecondParser {
  readonly #maxChainDepth: number;
  #instance: ParserInstance | undefined;

  /** @param maxChainDepth deepest chain of operators that it takes */
  constructor(maxChainDepth: number = MAX_CHAIN_DEPTH) {
    this.#maxChainDepth = maxChainDepth;
  }

  /** Whether it is given a text, so that it says something where it does not understand. */
  takes(tokens: readonly Token[]): boolean {
    return this.#tokensRead(tokens) !== undefined && this.#ready() !== undefined;
  }

  /**
   * Parses one statement. An instance that trapped is thrown away, and the next call gets a new one.
   * @param text as the first parser gets it
   * @param tokens those of the text
   * @param budget of the whole text
   * @returns undefined where it is not understood
   * @throws DenialError `STATEMENT_UNKNOWN` where the budget is spent
   */
  parse(text: string, tokens: readonly Token[], budget: WorkBudget): TreeNode | undefined {
    const tokensRead = this.#tokensRead(tokens);
    if (tokensRead === undefined) return undefined;
    budget.spend(tokensRead * READS_PER_TOKEN);
    try {
      const instance = this.#ready();
      if (instance === undefined) return undefined;
      const trees = instance.parse(text);
      if (instance.memoryBytes > MAX_MEMORY_BYTES) this.#instance = undefined;
      const tree: unknown = Array.isArray(trees) && trees.length === 1 ? trees[0] : undefined;
      return isNode(tree) ? tree : undefined;
    } catch {
      this.#instance = undefined;
      return undefined;
    }
  }

  /** How many tokens it may have to read; undefined where those are too many, or nest too deeply. */
  #tokensRead(tokens: readonly Token[]): number | undefined {
    if (chainDepth(tokens) > this.#maxChainDepth) return undefined;
    const tokensRead = tokens.length * 2 ** retryDepth(tokens);
    return tokensRead > MAX_TOKENS_READ ? undefined : tokensRead;
  }

  #ready(): ParserInstance | undefined {
    const module = parserModule();
    if (module === undefined) return undefined;
    return (this.#instance ??= new ParserInstance(module));
  }
}
