import { isName, isOneOf, LITERAL, symbol, type Token, word } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import { callRewrites } from './call-rewrites.js';
import { insertRewrites } from './insert-rewrites.js';
import { keep, type Rewrite } from './rewrite.js';

const SELECT_MODIFIERS = [
  'HIGH_PRIORITY',
  'STRAIGHT_JOIN',
  'SQL_SMALL_RESULT',
  'SQL_BIG_RESULT',
  'SQL_BUFFER_RESULT',
  'SQL_NO_CACHE',
  'SQL_CACHE',
  'SQL_CALC_FOUND_ROWS',
];

const select: Rewrite = (cursor, kept) => {
  keep(cursor, kept);
  for (;;) {
    // In front of a comma or FROM such a word would be a column.
    const isModifier = !isOneOf(cursor.peek(1), ',', 'FROM', '.');
    if (isModifier && cursor.acceptOneOf(...SELECT_MODIFIERS) !== undefined) continue;
    if (cursor.accept('DISTINCTROW')) kept.push(word('DISTINCT'));
    else if (cursor.sees('DISTINCT')) keep(cursor, kept);
    else if (cursor.accept('ALL')) continue;
    else return true;
  }
};

const update: Rewrite = (cursor, kept) => {
  keep(cursor, kept);
  while (cursor.acceptOneOf('LOW_PRIORITY', 'IGNORE') !== undefined);
  return true;
};

// DELETE FROM a USING refs → DELETE a FROM refs; `a.*` is `a`.
const remove: Rewrite = (cursor, kept) => {
  keep(cursor, kept);
  while (cursor.acceptOneOf('LOW_PRIORITY', 'QUICK', 'IGNORE') !== undefined);
  const isFrom = cursor.accept('FROM');
  const targets = readTargets(new TokenCursor(cursor.rest()));
  const behind = cursor.peek(targets.length);
  const isMany = isFrom ? isOneOf(behind, 'USING') : isOneOf(behind, 'FROM');
  if (!isMany) {
    if (isFrom) kept.push(word('FROM'));
    return true;
  }
  kept.push(...targets.kept, word('FROM'));
  for (let count = 0; count <= targets.length; count += 1) cursor.take();
  return true;
};

interface Targets {
  readonly kept: readonly Token[];
  readonly length: number;
}

function readTargets(cursor: TokenCursor): Targets {
  const kept: Token[] = [];
  while (isName(cursor.peek())) {
    keep(cursor, kept);
    while (cursor.accept('.')) {
      if (cursor.accept('*')) break;
      kept.push(symbol('.'));
      keep(cursor, kept);
    }
    if (!cursor.sees(',')) break;
    keep(cursor, kept);
  }
  return { kept, length: cursor.position };
}

const straightJoin: Rewrite = (cursor, kept) => {
  cursor.take();
  kept.push(word('JOIN'));
  return true;
};

const naturalJoin: Rewrite = (cursor, kept, takenOff) => {
  cursor.take();
  while (cursor.acceptOneOf('LEFT', 'RIGHT', 'OUTER', 'INNER') !== undefined);
  cursor.expect('JOIN');
  kept.push(word('JOIN'));
  takenOff.naturalJoin = true;
  return true;
};

const indexHint: Rewrite = (cursor) => {
  if (!isOneOf(cursor.peek(1), 'INDEX', 'KEY')) return false;
  cursor.take();
  cursor.take();
  if (cursor.accept('FOR') && !cursor.accept('JOIN') && !cursor.accept('ORDER', 'BY')) cursor.expect('GROUP', 'BY');
  for (const token of cursor.skipParentheses()) {
    if (!isName(token) && token.upper !== ',') cursor.refuse('names of indexes');
  }
  // Several hints may be separated by commas.
  if (
    cursor.sees(',') &&
    isOneOf(cursor.peek(1), 'USE', 'FORCE', 'IGNORE') &&
    isOneOf(cursor.peek(2), 'INDEX', 'KEY')
  ) {
    cursor.take();
  }
  return true;
};

const partition: Rewrite = (cursor) => {
  if (!isOneOf(cursor.peek(1), '(')) return false;
  cursor.take();
  for (const token of cursor.skipParentheses()) {
    if (!isName(token) && token.upper !== ',') cursor.refuse('names of partitions');
  }
  return true;
};

// CHAR(3) CHARSET x, as servers write it in the definitions of views, CHAR(3) CHARACTER SET x → CHAR(3)
const characterSet: Rewrite = (cursor, kept) => {
  const isLong = kept.at(-1)?.text === ')' && kept.at(-2)?.kind === 'literal' && kept.at(-3)?.text === '(';
  if (!isOneOf(kept.at(isLong ? -4 : -1), 'CHAR')) return false;
  const isSet = cursor.accept('CHARACTER', 'SET') || (isName(cursor.peek(1)) && cursor.accept('CHARSET'));
  if (isSet) cursor.name();
  return isSet;
};

const lock: Rewrite = (cursor, _kept, takenOff) => {
  const isLock = cursor.accept('LOCK', 'IN', 'SHARE', 'MODE') || acceptFor(cursor);
  if (!isLock) return false;
  while (cursor.accept('NOWAIT') || cursor.accept('SKIP', 'LOCKED'));
  if (cursor.accept('WAIT')) takeLiteral(cursor);
  takenOff.locks = true;
  return true;
};

function acceptFor(cursor: TokenCursor): boolean {
  if (!cursor.accept('FOR', 'UPDATE') && !cursor.accept('FOR', 'SHARE')) return false;
  if (cursor.accept('OF')) {
    do {
      cursor.qualifiedName();
    } while (cursor.accept(','));
  }
  return true;
}

const FILE_OPTIONS = [
  'CHARACTER',
  'SET',
  'FIELDS',
  'COLUMNS',
  'LINES',
  'TERMINATED',
  'OPTIONALLY',
  'ENCLOSED',
  'ESCAPED',
  'STARTING',
  'BY',
];

// SELECT … INTO; the INTO of INSERT is followed by a name.
const into: Rewrite = (cursor, _kept, takenOff) => {
  if (cursor.peek(1)?.kind === 'variable') {
    do {
      cursor.take();
      if (cursor.peek()?.kind !== 'variable') cursor.refuse('a user variable');
      cursor.take();
    } while (cursor.sees(','));
  } else if (cursor.accept('INTO', 'DUMPFILE')) takeLiteral(cursor);
  else if (cursor.accept('INTO', 'OUTFILE')) readFileOptions(cursor);
  else return false;
  takenOff.file = true;
  return true;
};

function takeLiteral(cursor: TokenCursor): void {
  if (cursor.peek()?.kind !== 'literal') cursor.refuse('a literal');
  cursor.take();
}

function readFileOptions(cursor: TokenCursor): void {
  takeLiteral(cursor);
  for (;;) {
    const option = cursor.acceptOneOf(...FILE_OPTIONS);
    if (option === undefined) return;
    if (option === 'SET') cursor.name();
    else if (cursor.peek()?.kind === 'literal') cursor.take();
  }
}

const AGAINST_MODIFIERS: readonly (readonly string[])[] = [
  ['IN', 'NATURAL', 'LANGUAGE', 'MODE', 'WITH', 'QUERY', 'EXPANSION'],
  ['IN', 'NATURAL', 'LANGUAGE', 'MODE'],
  ['IN', 'BOOLEAN', 'MODE'],
  ['WITH', 'QUERY', 'EXPANSION'],
];

// MATCH (columns) AGAINST (expression modifiers) → match(columns, expression)
const match: Rewrite = (cursor, kept) => {
  if (!isOneOf(cursor.peek(1), '(')) return false;
  keep(cursor, kept);
  const columns = cursor.skipParentheses();
  cursor.expect('AGAINST');
  const against = cursor.skipParentheses();
  const modifier = AGAINST_MODIFIERS.find((words) =>
    words.every((text, index) => isOneOf(against[against.length - words.length + index], text)),
  );
  const expression = against.slice(0, against.length - (modifier?.length ?? 0));
  kept.push(symbol('('), ...columns, symbol(','), ...expression, symbol(')'));
  return true;
};

// BINARY expression is an operator; BINARY behind AS or a comma is a type, and closes with a parenthesis.
const binary: Rewrite = (cursor, kept) => {
  const next = cursor.peek(1);
  if (next === undefined || (next.kind === 'symbol' && next.upper !== '(') || isOneOf(kept.at(-1), 'AS', 'SET'))
    return false;
  cursor.take();
  kept.push(symbol('~'));
  return true;
};

// DEFAULT alone is a value; DEFAULT(column) a function.
const defaultValue: Rewrite = (cursor, kept) => {
  if (isOneOf(cursor.peek(1), '(')) return false;
  cursor.take();
  kept.push(LITERAL);
  return true;
};

// Functions that may be called without parentheses.
const withoutArguments: Rewrite = (cursor, kept) => {
  if (isOneOf(cursor.peek(1), '(')) return false;
  keep(cursor, kept);
  kept.push(symbol('('), symbol(')'));
  return true;
};

/** What is done where a statement holds one of these words, in upper case. A rewrite that returns false took nothing. */
export const rewrites: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ['SELECT', select],
  ['UPDATE', update],
  ['DELETE', remove],
  ['STRAIGHT_JOIN', straightJoin],
  ['NATURAL', naturalJoin],
  ['USE', indexHint],
  ['FORCE', indexHint],
  ['IGNORE', indexHint],
  ['PARTITION', partition],
  ['LOCK', lock],
  ['FOR', lock],
  ['INTO', into],
  ['MATCH', match],
  ['BINARY', binary],
  ['CHARSET', characterSet],
  ['CHARACTER', characterSet],
  ['DEFAULT', defaultValue],
  ...['CURRENT_USER', 'UTC_DATE', 'UTC_TIME', 'UTC_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP'].map(
    (name): [string, Rewrite] => [name, withoutArguments],
  ),
  ...insertRewrites,
  ...callRewrites,
]);
