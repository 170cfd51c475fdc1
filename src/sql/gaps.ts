import type { ReadingRules } from './canonical/reading-rules.js';
import { Lexer } from './lexer/lexer.js';
import { TOKEN_END, TOKEN_PROBLEM } from './lexer/token-kind.js';

/**
 * What stands between the tokens of a text, as Latin-1: comments and white space, and the marks of comments that the server runs; and all of it from
 * where it cannot be read.
 */
export function gapsOf(bytes: Buffer, start: number, end: number, rules: ReadingRules): string {
  const lexer = new Lexer();
  lexer.open(bytes, start, end, rules.mode, rules.dollarQuotes, rules.comments);
  const gaps: string[] = [];
  for (let behind = start; ; behind = lexer.stop) {
    const kind = lexer.next();
    const stop = kind === TOKEN_PROBLEM ? end : lexer.start;
    if (stop > behind) gaps.push(bytes.toString('latin1', behind, stop));
    if (kind === TOKEN_END || kind === TOKEN_PROBLEM) return gaps.join('\n');
  }
}
