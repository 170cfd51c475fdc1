import type { VersionedComments } from '../lexer/versioned-comment.js';
import type { LexicalMode } from '../sql-mode.js';
import type { GluedWords } from './glued-words.js';

/** How a text is to be read. */
export interface ReadingRules {
  /** Written in front of the canonical text, four bytes: makes the key distinct for each scope. */
  readonly id: number;
  readonly mode: LexicalMode;
  /** `$` begins a dollar-quoted string. */
  readonly dollarQuotes: boolean;
  /** Words that are names unless a parenthesis follows at once. */
  readonly glued: GluedWords;
  /** Which comments the server runs. */
  readonly comments: VersionedComments;
}
