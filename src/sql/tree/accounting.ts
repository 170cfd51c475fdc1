import { isName, isOneOf, type Token } from '../canonical/token.js';
import type { Collector } from './collector.js';
import { refuseTree } from './node-reader.js';
import { isGrammar, isReserved } from './reserved-words.js';

/**
 * The check that needs no grammar: each identifier among the tokens must have been seen in the tree, as often as it is written. A
 * parser that reads `BINARY email` as a column with an alias, or that skips a table, is found out here.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function checkAccounts(tokens: readonly Token[], collector: Collector): void {
  const written = new Map<string, number>();
  const named = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (!isName(token)) continue;
    const name = token.value.toLowerCase();
    const isQuoted = token.kind === 'quoted' || token.afterDot;
    if (isQuoted) named.add(name);
    const isTable = isOneOf(tokens[index - 1], 'FROM', 'JOIN', 'INTO', 'UPDATE');
    if (isTable && !collector.identifiers.has(name) && !isReserved(name) && name !== 'lateral')
      refuseTree('the name of a table');
    if (isQuoted || !isGrammar(name)) written.set(name, (written.get(name) ?? 0) + 1);
  }
  for (const [name, count] of written) {
    const seen = (collector.identifiers.get(name) ?? 0) + (collector.words.get(name) ?? 0);
    if (seen < count) refuseTree(`the word ${JSON.stringify(name.slice(0, 64))} where it stands`);
  }
  for (const name of collector.identifiers.keys()) {
    if (isReserved(name) && !named.has(name)) refuseTree(`the reserved word ${name} where it stands`);
  }
}
