import { isOneOf, type Token } from '../canonical/token.js';

const OPENERS = ['BEGIN', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR'];
const BEFORE_STATEMENT = ['BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT', ';', ':'];

/**
 * A body with semicolons has to be one block that ends the text: else what follows it would be other statements, which nobody
 * judges.
 * @param tokens of the definition, behind its object
 * @returns why it is refused; undefined where all is one statement
 */
export function routineBodyProblem(tokens: readonly Token[]): string | undefined {
  if (!tokens.some((token) => token.upper === ';')) return undefined;
  const begin = tokens.findIndex((token) => isOneOf(token, 'BEGIN'));
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const isBeforeBlock = index < begin || begin < 0;
    if (isBeforeBlock) {
      if (token.upper === ';') return 'statements follow the definition: send them on their own';
      continue;
    }
    if (isOneOf(token, 'END')) {
      depth -= 1;
      if (depth === 0) return endProblem(tokens.slice(index + 1));
    } else if (opens(tokens, index, index === begin)) depth += 1;
  }
  return 'the body of the definition has no end';
}

function endProblem(rest: readonly Token[]): string | undefined {
  // A label may stand behind END.
  const behind = rest[0]?.kind === 'word' || rest[0]?.kind === 'quoted' ? rest.slice(1) : rest;
  return behind.length === 0 ? undefined : 'statements follow the definition: send them on their own';
}

function opens(tokens: readonly Token[], index: number, isFirst: boolean): boolean {
  const token = tokens[index];
  const previous = tokens[index - 1];
  if (isOneOf(token, 'CASE')) return !isOneOf(previous, 'END');
  const begins = isFirst || isOneOf(previous, ...BEFORE_STATEMENT);
  return begins && isOneOf(token, 'IF', ...OPENERS) && !isOneOf(tokens[index + 1], ':');
}
