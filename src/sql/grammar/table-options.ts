import { DenialError } from '../../errors.js';
import { isName, isOneOf, type Token } from '../canonical/token.js';

/**
 * Engines whose tables hold their rows themselves. A table of any other may be a door: what is written to it is written elsewhere, and what is
 * read comes from there (MERGE, FEDERATED, CONNECT, SPIDER, SPHINX, S3, Mroonga as a wrapper).
 */
const PLAIN_ENGINES: readonly string[] = [
  ...['INNODB', 'MYISAM', 'ARIA', 'MEMORY', 'HEAP', 'ARCHIVE', 'CSV', 'BLACKHOLE'],
  ...['ROCKSDB', 'TOKUDB', 'COLUMNSTORE', 'NDB', 'NDBCLUSTER'],
];

/** Reserved words in front of a name: behind one, `engine` is a table, a column or an index. */
const BEFORE_NAME: readonly string[] = [
  ...['ADD', 'ALTER', 'AS', 'CHANGE', 'CHECK', 'COLUMN', 'CONSTRAINT', 'DROP', 'EXISTS', 'FULLTEXT', 'INDEX', 'KEY'],
  ...['LIKE', 'PARTITION', 'REFERENCES', 'RENAME', 'SPATIAL', 'TABLE', 'TO', 'UNIQUE'],
];

/**
 * Checks the options of CREATE TABLE and ALTER TABLE, and those of their partitions.
 * @param tokens behind the name of the table
 * @throws DenialError `STATEMENT_UNKNOWN` where the table may be a door to others, or is a file at a place of its own
 */
export function checkTableOptions(tokens: readonly Token[], verb: string): void {
  // Behind the query of CREATE TABLE no option stands.
  const query = tokens.findIndex((token) => isOneOf(token, 'SELECT'));
  const options = query < 0 ? tokens : tokens.slice(0, query);
  let depth = 0;
  let isPartitioned = false;
  for (const [index, token] of options.entries()) {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    isPartitioned ||= depth === 0 && isOneOf(token, 'PARTITION');
    // Options of the table stand behind its columns, those of a partition in parentheses.
    const isDoor =
      ((depth === 0 || isPartitioned) && isOtherEngine(options, index)) ||
      (depth === 0 && isOneOf(token, 'UNION') && (verb === 'ALTER' || options[index + 1]?.upper === '='));
    if (isDoor) throw new DenialError('STATEMENT_UNKNOWN', 'its table may be a door to others');
    if (isPath(options, index)) throw new DenialError('STATEMENT_UNKNOWN', 'its table is kept where it says');
  }
}

function isOtherEngine(tokens: readonly Token[], index: number): boolean {
  if (!isOneOf(tokens[index], 'ENGINE')) return false;
  const next = tokens[index + 1];
  const isAssigned = next?.upper === '=';
  const value = isAssigned ? tokens[index + 2] : next;
  if (!isAssigned && (isNamed(tokens, index) || !(isName(value) || value?.kind === 'literal'))) return false;
  // An engine in quotes is not seen here.
  return !isName(value) || !PLAIN_ENGINES.includes(value.value.toUpperCase());
}

/** Whether the word is the name of a column or an index. */
function isNamed(tokens: readonly Token[], index: number): boolean {
  const [before, previous] = [tokens[index - 2], tokens[index - 1]];
  if (isOneOf(previous, ...BEFORE_NAME)) return true;
  // MODIFY may be a name too, the name of a tablespace.
  const beginsItem = before === undefined || before.upper === ',';
  if (isOneOf(previous, 'MODIFY') && beginsItem) return true;
  return isOneOf(before, 'CHANGE') || (isOneOf(before, 'COLUMN') && isOneOf(tokens[index - 3], 'CHANGE'));
}

function isPath(tokens: readonly Token[], index: number): boolean {
  const path = tokens[index + 2];
  return (
    isOneOf(tokens[index], 'DATA', 'INDEX') &&
    tokens[index + 1]?.upper === 'DIRECTORY' &&
    path !== undefined &&
    path.upper !== '('
  );
}
