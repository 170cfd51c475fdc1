import type { SqlDialect } from './analysis.js';
import { isName, isOneOf, type Token } from './canonical/token.js';
import { grammarFunctions } from './grammar-functions.js';

/** Words that a tree does not name as functions: quoted before a parenthesis they are called like any other. */
const OPERATORS: ReadonlySet<string> = new Set(['exists', 'not', 'any', 'all', 'some', 'row', 'values']);

/** Makers of values of geometry. With any other number of arguments MariaDB looks for a stored function of the name. */
const CONSTRUCTORS: ReadonlySet<string> = new Set([
  ...['geometrycollection', 'linestring', 'multilinestring', 'multipoint', 'multipolygon', 'point', 'polygon'],
]);

/**
 * Calls of stored functions that have the name of a built-in one, lower case: in quotes the server finds no function that only its grammar
 * knows. A name apart from its parenthesis is in quotes too, in canonical text, where the server reads a name.
 * @param functions those that are called, lower case: other names stand in front of a parenthesis too, of tables and indexes
 */
export function shadowedFunctions(
  tokens: readonly Token[],
  functions: readonly string[],
  { flavour }: SqlDialect,
): readonly string[] {
  const shadowed = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (tokens[index + 1]?.text !== '(' || !isName(token) || token.afterDot) continue;
    const name = token.value.toLowerCase();
    const isQuoted = token.kind === 'quoted' && !isOneOf(tokens[index - 1], 'INTO', 'TABLE');
    const isLooked = isQuoted && (grammarFunctions[flavour].has(name) || OPERATORS.has(name));
    const isOther = flavour === 'mariadb' && CONSTRUCTORS.has(name) && !isConstructor(name, tokens, index + 2);
    if ((isLooked || isOther) && (functions.includes(name) || OPERATORS.has(name))) shadowed.add(name);
  }
  return [...shadowed];
}

/** Whether the arguments, from `start` on, are as many as the maker takes: two of a point, one or more of the others. */
function isConstructor(name: string, tokens: readonly Token[], start: number): boolean {
  if (tokens[start]?.text === ')') return false;
  let depth = 0;
  let commas = 0;
  for (let index = start; index < tokens.length && depth >= 0; index += 1) {
    const text = tokens[index]?.text;
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (text === ',' && depth === 0) commas += 1;
  }
  return name !== 'point' || commas === 1;
}
