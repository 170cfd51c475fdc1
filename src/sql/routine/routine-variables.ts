import { isName, isOneOf, LITERAL, type Token } from '../canonical/token.js';

/**
 * Puts literals in the place of a routine's variables and of a trigger's NEW.column and OLD.column: to the parsers they would be columns, and a
 * WHERE that compares them would seem to bound rows.
 * @param variables lower case: parameters and what is declared
 */
export function withoutVariables(tokens: readonly Token[], variables: ReadonlySet<string>): readonly Token[] {
  const replaced: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (isRowColumn(tokens, index)) {
      replaced.push(LITERAL);
      index += 2;
    } else replaced.push(isVariable(tokens, index, variables) ? LITERAL : token);
  }
  return replaced;
}

/** The columns of NEW and OLD that are named, without repeats. */
export function rowColumns(tokens: readonly Token[]): readonly string[] {
  const names = tokens.flatMap((_token, index) => (isRowColumn(tokens, index) ? [tokens[index + 2]?.value ?? ''] : []));
  return [...new Set(names)];
}

/** Whether one of the variables is named. */
export function namesVariable(tokens: readonly Token[], variables: ReadonlySet<string>): boolean {
  return tokens.some((_token, index) => isVariable(tokens, index, variables));
}

function isRowColumn(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens[index], 'NEW', 'OLD') && tokens[index + 1]?.text === '.' && isName(tokens[index + 2]);
}

// Behind a dot or in front of one it is part of another name, in front of a parenthesis a function.
function isVariable(tokens: readonly Token[], index: number, variables: ReadonlySet<string>): boolean {
  const token = tokens[index];
  const next = tokens[index + 1]?.text;
  return isName(token) && !token.afterDot && next !== '.' && next !== '(' && variables.has(token.value.toLowerCase());
}
