/**
 * Which expressions tell nothing of the values that they are made of. Everything else tells of them: a length, a hash or a comparison, too.
 *
 * @module
 */
import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { isLiteral } from '../tree/expression-walker.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';

/** Of a plain column, these tell how many of its values are not NULL, or whether one is. Of any other expression they may tell more. */
export const PRESENCE_FUNCTIONS: ReadonlySet<string> = new Set(['count', 'isnull']);
/** `column IS NULL`, `column IS NOT NULL`. */
export const PRESENCE_OPERATORS: ReadonlySet<string> = new Set(['is', 'is not']);
/** Of a subquery, this tells whether it has rows; which columns it has does not matter. */
export const ROW_FUNCTIONS: ReadonlySet<string> = new Set(['exists', 'not exists']);

/** Whether an expression tells no more of a plain column than whether it is NULL. */
export function tellsPresenceOnly(node: TreeNode): boolean {
  if (node['type'] === 'binary_expr') {
    const operator = (nameOf(node['operator']) ?? '').toLowerCase();
    return PRESENCE_OPERATORS.has(operator) && childOf(node, 'right')?.['type'] === 'null';
  }
  return PRESENCE_FUNCTIONS.has(functionName(node));
}

/** Whether an expression tells no more of a subquery than whether it has rows. */
export function tellsRowsOnly(node: TreeNode): boolean {
  return ROW_FUNCTIONS.has(
    node['type'] === 'unary_expr' ? (nameOf(node['operator']) ?? '').toLowerCase() : functionName(node),
  );
}

/** The name of a built-in function or aggregate, lower case; empty for everything else. */
export function functionName(node: TreeNode): string {
  if (node['type'] === 'aggr_func') return (nameOf(node['name']) ?? '').toLowerCase();
  const name = node['name'];
  if (node['type'] !== 'function' || !isNode(name) || nameOf(name['schema']) !== undefined) return '';
  const parts = childrenOf(name, 'name');
  return parts.length === 1 ? (nameOf(parts[0]) ?? '').toLowerCase() : '';
}

/**
 * Functions that neither fail nor act, whatever value they are given: of the result, which is masked, nobody learns anything. Others may tell of a
 * masked value by an error, by the time that they take, or by what they leave behind: `1 / x`, `SLEEP(x)`, `LAST_INSERT_ID(x)`.
 */
export const TOTAL_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['ascii', 'char_length', 'character_length', 'concat', 'concat_ws', 'field', 'find_in_set', 'hex', 'insert'],
  ...['instr', 'lcase', 'left', 'length', 'locate', 'lower', 'ltrim', 'md5', 'mid', 'octet_length', 'ord', 'position'],
  ...['quote', 'replace', 'reverse', 'right', 'rtrim', 'sha', 'sha1', 'sha2', 'soundex', 'strcmp', 'substr'],
  ...['substring', 'substring_index', 'trim', 'ucase', 'upper', 'bit_length', 'crc32', 'format', 'to_base64', 'elt'],
  ...['coalesce', 'greatest', 'if', 'ifnull', 'isnull', 'least', 'nullif', 'nvl', 'nvl2', 'cast', 'binary'],
  ...['date', 'date_format', 'datediff', 'day', 'dayname', 'dayofmonth', 'dayofweek', 'dayofyear', 'extract', 'hour'],
  ...['last_day', 'minute', 'month', 'monthname', 'quarter', 'second', 'time', 'timestampdiff', 'to_days', 'week'],
  ...['weekday', 'weekofyear', 'year', 'yearweek', 'curdate', 'current_date', 'now', 'current_timestamp'],
  ...['date_add', 'date_sub', 'adddate', 'subdate', 'unix_timestamp', 'convert'],
  ...['abs', 'ceil', 'ceiling', 'floor', 'mod', 'round', 'sign', 'truncate'],
  ...['any_value', 'avg', 'bit_and', 'bit_or', 'bit_xor', 'count', 'group_concat', 'json_array', 'json_object', 'max'],
  ...['json_arrayagg', 'json_objectagg', 'json_quote'],
  ...['min', 'std', 'stddev', 'stddev_pop', 'stddev_samp', 'sum', 'var_pop', 'var_samp', 'variance'],
  ...['cume_dist', 'dense_rank', 'first_value', 'lag', 'last_value', 'lead', 'nth_value', 'ntile', 'percent_rank'],
  ...['rank', 'row_number'],
]);

/** Operators that neither fail nor act. Arithmetic may leave the range of its type. */
export const TOTAL_OPERATORS: ReadonlySet<string> = new Set([
  ...['=', '<>', '!=', '<', '>', '<=', '>=', 'and', 'or', 'xor', 'not', '!', '&&', '||'],
  ...['is', 'is not', 'in', 'not in', 'between', 'not between', 'like', 'not like'],
]);

const TOTAL_TYPES: ReadonlySet<unknown> = new Set(['expr_list', 'case', 'when', 'else', 'star', 'origin']);
/** Of a window, its parts count; frames are literals. */
const GROUPING_TYPES: ReadonlySet<unknown> = new Set(['window', 'extract', 'interval', 'ASC', 'DESC', 'rows', 'range']);
const NAMED_TYPES: ReadonlySet<unknown> = new Set(['function', 'aggr_func']);
/** Types to which every value can be cast. */
const TOTAL_CASTS: ReadonlySet<string> = new Set([
  ...['decimal', 'char', 'nchar', 'varchar', 'binary', 'signed', 'signed integer', 'unsigned', 'unsigned integer'],
  ...['integer', 'date', 'datetime'],
]);

/** Whether evaluating an expression tells nothing by itself: it is a subquery, or made of functions and operators that are total. */
export function isTotal(node: TreeNode | undefined): boolean {
  return node === undefined || isNode(node['ast']) || areTotal(node);
}

function areTotal(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(areTotal);
  if (!isNode(node)) return true;
  if (isNode(node['ast'])) return false;
  if (node['type'] === 'column_ref' || isSmallSum(node)) return true;
  return (
    isTotalHere(node) &&
    Object.entries(node).every(([key, value]) => key === 'name' || key === 'target' || areTotal(value))
  );
}

/** Functions whose values are so small that their sums and differences fit. */
const SMALL_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['ascii', 'bit_length', 'char_length', 'character_length', 'datediff', 'day', 'dayofmonth', 'dayofweek'],
  ...['dayofyear', 'hour', 'instr', 'length', 'locate', 'minute', 'month', 'octet_length', 'ord', 'quarter', 'second'],
  ...['sign', 'to_days', 'week', 'weekday', 'year', 'yearweek'],
]);

function isPlusOrMinus(node: TreeNode): boolean {
  return node['type'] === 'binary_expr' && (node['operator'] === '+' || node['operator'] === '-');
}

/** `date - INTERVAL 18 YEAR`, which is NULL where it has no date. */
function isDateSum(node: TreeNode): boolean {
  return (
    isPlusOrMinus(node) && [node['left'], node['right']].some((side) => isNode(side) && side['type'] === 'interval')
  );
}

/** `YEAR(CURDATE()) - YEAR(birth_date)`. */
function isSmallSum(node: TreeNode): boolean {
  if (!isPlusOrMinus(node)) return false;
  return [node['left'], node['right']].every(
    (side) => isNode(side) && SMALL_FUNCTIONS.has(functionName(side)) && areTotal(side),
  );
}

/** Leaves its parts out. Nodes without a type group parts. */
function isTotalHere(node: TreeNode): boolean {
  const { type } = node;
  if (typeof type !== 'string' || isLiteral(node) || TOTAL_TYPES.has(type)) return true;
  if (NAMED_TYPES.has(type)) return TOTAL_FUNCTIONS.has(functionName(node));
  if (isDateSum(node)) return true;
  if (type === 'binary_expr' || type === 'unary_expr') {
    if (type === 'unary_expr' && node['operator'] === '-') return true;
    return TOTAL_OPERATORS.has((nameOf(node['operator']) ?? '').toLowerCase());
  }
  if (type === 'cast') {
    return childrenOf(node, 'target').every(({ dataType }) => TOTAL_CASTS.has(String(dataType).toLowerCase()));
  }
  return GROUPING_TYPES.has(type);
}
