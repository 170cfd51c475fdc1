import { isName, isOneOf, LITERAL, symbol, type Token, word } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import { keep, type Rewrite } from './rewrite.js';

// SUBSTRING(text FROM position FOR length) → SUBSTRING(text, position, length)
const substring: Rewrite = (cursor, kept) => {
  if (!isOneOf(cursor.peek(1), '(')) return false;
  keep(cursor, kept);
  const args = replaceOutermost(cursor.skipParentheses(), ['FROM', 'FOR'], symbol(','));
  cursor.unread([symbol('('), ...args, symbol(')')]);
  return true;
};

// CONVERT(x, type) → CAST(x AS type); with USING the parser knows it
const convert: Rewrite = (cursor, kept) => {
  if (!isOneOf(cursor.peek(1), '(')) return false;
  cursor.take();
  const args = cursor.skipParentheses();
  const typed = replaceOutermost(args, [','], word('AS'));
  const isTyped = typed.some((token, index) => token !== args[index]);
  kept.push(word(isTyped ? 'CAST' : 'CONVERT'));
  cursor.unread([symbol('('), ...typed, symbol(')')]);
  return true;
};

// CHAR(codes USING name) → CHAR(codes)
const charUsing: Rewrite = (cursor, kept) => {
  if (!isName(cursor.peek(1)) || !isOneOf(cursor.peek(2), ')') || !isOneOf(callAround(kept), 'CHAR')) return false;
  cursor.take();
  cursor.take();
  return true;
};

/** What stands in front of the parenthesis that is open at the end. */
function callAround(kept: readonly Token[]): Token | undefined {
  let depth = 0;
  const open = kept.findLastIndex(({ upper }) => {
    if (upper === ')') depth += 1;
    else if (upper === '(') depth -= 1;
    return depth < 0;
  });
  return kept[open - 1];
}

/** Puts another token for each of these words, outside of parentheses. */
function replaceOutermost(tokens: readonly Token[], words: readonly string[], by: Token): readonly Token[] {
  let depth = 0;
  return tokens.map((token) => {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    return depth === 0 && isOneOf(token, ...words) ? by : token;
  });
}

/**
 * JSON_TABLE(expression, path COLUMNS (name …, …)) → LATERAL (SELECT JSON_TABLE(expression, ?), ? AS name …): it sees the tables in front of
 * it, reads what its expression names, and offers the columns that it defines.
 */
const jsonTable: Rewrite = (cursor, kept) => {
  if (!isOneOf(cursor.peek(1), '(')) return false;
  const name = cursor.take();
  const inside = cursor.skipParentheses();
  if (name === undefined) return false;
  const at = columnsAt(inside);
  const columns = columnNames(new TokenCursor(inside, at)).flatMap((column) => [
    symbol(','),
    LITERAL,
    word('AS'),
    column,
  ]);
  kept.push(word('LATERAL'));
  cursor.unread([symbol('('), word('SELECT')]);
  keep(cursor, kept);
  keep(cursor, kept);
  kept.push(name);
  cursor.unread([symbol('('), ...inside.slice(0, at), symbol(')'), ...columns, symbol(')')]);
  return true;
};

/** Where COLUMNS of the outermost level stands. */
function columnsAt(tokens: readonly Token[]): number {
  let depth = 0;
  const at = tokens.findIndex((token, index) => {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    return depth === 0 && isOneOf(token, 'COLUMNS') && isOneOf(tokens[index + 1], '(');
  });
  return at < 0 ? new TokenCursor(tokens, tokens.length).refuse('COLUMNS') : at;
}

// COLUMNS (name FOR ORDINALITY, name type [EXISTS] PATH path [value ON EMPTY] [value ON ERROR], NESTED [PATH] path COLUMNS (…))
function columnNames(cursor: TokenCursor): readonly Token[] {
  cursor.expect('COLUMNS');
  const list = new TokenCursor(cursor.skipParentheses());
  cursor.expectEnd();
  const names: Token[] = [];
  do {
    if (list.accept('NESTED')) {
      list.accept('PATH');
      if (list.take()?.kind !== 'literal') list.refuse('a path');
      const rest = list.rest();
      const end = columnsEnd(rest);
      for (const name of columnNames(new TokenCursor(rest.slice(0, end)))) names.push(name);
      for (let taken = 0; taken < end; taken += 1) list.take();
    } else {
      const column = list.take();
      if (!isName(column)) return list.refuse('the name of a column');
      names.push(column);
      skipColumn(list);
    }
  } while (list.accept(','));
  list.expectEnd();
  return names;
}

/** Behind `COLUMNS ( … )` at the beginning of the tokens. */
function columnsEnd(tokens: readonly Token[]): number {
  const cursor = new TokenCursor(tokens);
  cursor.expect('COLUMNS');
  cursor.skipParentheses();
  return cursor.position;
}

// Of a column's definition nothing may be read: no query, no function, no variable.
function skipColumn(list: TokenCursor): void {
  while (!list.isDone && !list.sees(',')) {
    if (list.sees('(')) {
      for (const token of list.skipParentheses()) {
        if (token.kind !== 'literal' && token.upper !== ',') list.refuse('the length of a type');
      }
      continue;
    }
    const token = list.take();
    if (token?.kind !== 'word' && token?.kind !== 'literal') list.refuse('the definition of a column');
    if (isOneOf(token, 'SELECT')) list.refuse('no query');
  }
}

// CAST(x AS UNSIGNED INTEGER) → CAST(x AS UNSIGNED)
const signedInteger: Rewrite = (cursor, kept) => {
  if (!isOneOf(cursor.peek(1), 'INTEGER', 'INT') || !isOneOf(cursor.peek(2), ')')) return false;
  keep(cursor, kept);
  cursor.take();
  return true;
};

/** Rewrites of functions with words between their arguments. */
export const callRewrites: readonly (readonly [string, Rewrite])[] = [
  ['SUBSTRING', substring],
  ['SUBSTR', substring],
  ['MID', substring],
  ['CONVERT', convert],
  ['USING', charUsing],
  ['JSON_TABLE', jsonTable],
  ['SIGNED', signedInteger],
  ['UNSIGNED', signedInteger],
];
