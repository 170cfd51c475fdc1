/** Statements by a small grammar, over the tables that the server has when it runs them. */
import type { Random } from './random.js';

const TABLES = ['customers', 'orders', '`orders`', 'app.customers', 'customers c', 'orders AS o', 'DUAL'];
const COLUMNS = ['id', 'name', 'email', 'balance', 'total', 'note', '`id`', 'c.id', 'o.total', '*', 'customer_id'];
const FUNCTIONS = [
  'COUNT',
  'MAX',
  'HEX',
  'CONCAT',
  'COALESCE',
  'JSON_OBJECT',
  'SLEEP',
  'LOAD_FILE',
  'NEXTVAL',
  'EXTRACTVALUE',
  'f',
];
const LITERALS = [
  '1',
  '0',
  '-1',
  '1e1',
  '.5',
  '1.',
  '0x1f',
  "X'41'",
  "b'1'",
  "'a'",
  '"b"',
  "N'c'",
  "_utf8mb4'd'",
  'NULL',
  'TRUE',
  "'\\''",
  "''",
  '?',
  '@v',
  '@@version',
  'f(1)',
  'app.f(2)',
  'NEXTVAL(s)',
  'NEXT VALUE FOR app.s',
  'SETVAL(s, 9)',
];
const OPERATORS = [
  '=',
  '<>',
  '<=>',
  '<',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'DIV',
  'MOD',
  '||',
  '&&',
  'AND',
  'OR',
  'XOR',
  'LIKE',
  'REGEXP',
  'IS',
  '|',
  '^',
  '<<',
  ':=',
  '->',
  'COLLATE',
];
const TAILS = [
  '',
  '',
  '',
  ' FOR UPDATE',
  ' LOCK IN SHARE MODE',
  " INTO OUTFILE '/nowhere/x'",
  ' INTO @v',
  ' LIMIT 1',
  ' LIMIT 1, 2',
  ' ORDER BY 1 DESC',
  ' PROCEDURE ANALYSE()',
];
const OTHERS = [
  'SHOW TABLES',
  'SHOW CREATE TABLE orders',
  'SHOW FULL COLUMNS FROM orders LIKE "i%"',
  "SHOW VARIABLES WHERE Variable_name = 'x'",
  'USE app',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SET @a = 1',
  "SET NAMES 'utf8mb4'",
  'SET SESSION sql_mode = "ANSI"',
  'SET autocommit = 0',
  'DO SLEEP(0)',
  'DESC orders',
  'EXPLAIN orders',
  'HANDLER orders OPEN',
  'XA START "x"',
  'START TRANSACTION READ ONLY',
  'SAVEPOINT s',
  'CREATE TABLE t (id INT)',
  'DROP TABLE t',
  'ALTER TABLE orders ADD x INT',
  'TRUNCATE orders',
  'CALL p()',
  'KILL 1',
  "PREPARE s FROM 'DELETE FROM orders'",
  'EXECUTE s',
  "EXECUTE IMMEDIATE 'DELETE FROM orders'",
  'BEGIN NOT ATOMIC DELETE FROM orders; END',
  'LOCK TABLES orders WRITE',
  'TABLE orders',
  'VALUES (1, 2)',
  'FLUSH TABLES',
  'ANALYZE TABLE orders',
];

const SHOWN = [
  ...[
    'SHOW TABLES',
    'SHOW VARIABLES',
    'SHOW STATUS',
    'SHOW COLUMNS FROM orders',
    'SHOW INDEX FROM orders',
    'SHOW DATABASES',
  ],
  ...[
    'SHOW TABLE STATUS',
    'SHOW COLLATION',
    'SHOW CHARACTER SET',
    'SHOW FUNCTION STATUS',
    'SHOW TRIGGERS',
    'SHOW FULL TABLES',
  ],
];
const SET_TARGETS = ['@v', '@a = 1, @b', 'SESSION wait_timeout', 'timestamp', '@@last_insert_id', 'sql_select_limit'];

/** A statement, not always one that the server takes. */
export function statement(random: Random): string {
  const kind = random.below(20);
  if (kind < 9) return query(random, 3);
  if (kind < 11)
    return `${random.pick(['INSERT INTO', 'REPLACE INTO', 'INSERT IGNORE', 'INSERT'])} orders (id, note) ${rows(random)}`;
  if (kind === 11)
    return `UPDATE ${random.pick(TABLES)} SET ${random.pick(COLUMNS)} = ${expression(random, 2)}${where(random, 2)}`;
  if (kind === 12) return `DELETE FROM ${random.pick(TABLES)}${where(random, 2)}`;
  if (kind === 13)
    return `${random.pick(['EXPLAIN', 'DESCRIBE', 'EXPLAIN FORMAT=JSON', 'ANALYZE'])} ${query(random, 2)}`;
  if (kind === 14) return `WITH ${random.pick(['', 'RECURSIVE '])}w AS (${query(random, 2)}) ${query(random, 2)}`;
  if (kind === 15) return `${random.pick(SHOWN)} WHERE ${expression(random, 2)}`;
  if (kind === 16) return `SET ${random.pick(SET_TARGETS)} = ${expression(random, 2)}`;
  return random.pick(OTHERS);
}

function query(random: Random, depth: number): string {
  const head = `SELECT ${random.pick(['', '', 'DISTINCT ', 'SQL_CALC_FOUND_ROWS ', 'STRAIGHT_JOIN '])}${list(random, depth)}`;
  const from = random.once(5)
    ? ''
    : ` FROM ${source(random, depth)}${where(random, depth)}${random.once(6) ? ` GROUP BY ${random.pick(COLUMNS)}` : ''}`;
  const text = `${head}${from}${random.pick(TAILS)}`;
  if (depth === 0 || !random.once(8)) return text;
  return `${text} ${random.pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT'])} ${query(random, depth - 1)}`;
}

function list(random: Random, depth: number): string {
  // A long one now and then, as ORMs write them: what the parser takes for each token shows.
  const most = depth === 3 && random.once(500) ? 600 : 4;
  const length = random.once(3) || most > 4 ? 1 + random.below(most) : 1;
  return Array.from(
    { length },
    () => `${expression(random, depth)}${random.once(6) ? ` AS ${random.pick(['a', '`b`', "'c'"])}` : ''}`,
  ).join(', ');
}

function source(random: Random, depth: number): string {
  const table = depth > 0 && random.once(8) ? `(${query(random, depth - 1)}) d` : random.pick(TABLES);
  if (!random.once(4)) return table;
  return `${table} ${random.pick([',', 'JOIN', 'LEFT JOIN', 'NATURAL JOIN', 'CROSS JOIN'])} ${random.pick(TABLES)}`;
}

function where(random: Random, depth: number): string {
  return random.once(3) ? '' : ` WHERE ${expression(random, depth)}`;
}

function rows(random: Random): string {
  if (random.once(4)) return query(random, 1);
  const row = (): string => `(${expression(random, 1)}, ${expression(random, 1)})`;
  const duplicate = random.once(4) ? ' ON DUPLICATE KEY UPDATE note = VALUES(note)' : '';
  return `VALUES ${Array.from({ length: 1 + random.below(3) }, row).join(', ')}${duplicate}`;
}

function expression(random: Random, depth: number): string {
  const kind = depth === 0 ? random.below(4) : random.below(12);
  const inner = (): string => expression(random, depth - 1);
  if (kind < 2) return random.pick(COLUMNS);
  if (kind < 4) return random.pick(LITERALS);
  if (kind < 7) return `${inner()} ${random.pick(OPERATORS)} ${inner()}`;
  if (kind === 7) return `${random.pick(FUNCTIONS)}(${inner()})`;
  if (kind === 8) return `${inner()} IN (${inner()}, ${inner()})`;
  if (kind === 9) return `(${query(random, depth - 1)})`;
  if (kind === 10) return `CASE WHEN ${inner()} THEN ${inner()} ELSE ${inner()} END`;
  return `${random.pick(['NOT ', '-', '!', 'EXISTS ', 'BINARY ', ''])}(${inner()})`;
}
