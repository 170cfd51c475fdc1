/** A tool's arguments. */
type Values = Record<string, unknown>;

/** Queries as agents send them to the tool that takes any. */
const QUERIES: readonly string[] = [
  'SELECT * FROM orders LIMIT 10',
  'SELECT COUNT(*) AS total FROM customers',
  'SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY spent DESC LIMIT 5',
  "SELECT DATE_FORMAT(placed_at, '%Y-%m') AS month, COUNT(*) AS n FROM orders WHERE placed_at >= DATE_SUB(NOW(), INTERVAL 6 MONTH) GROUP BY month ORDER BY month",
  'SHOW TABLES',
  'DESCRIBE orders',
  'SHOW CREATE TABLE orders',
  "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_KEY FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'shop' ORDER BY TABLE_NAME, ORDINAL_POSITION",
  'EXPLAIN SELECT * FROM orders WHERE customer_id = 1',
];

const COLUMN = { name: 'note', type: 'varchar(20)', nullable: true };

// What the arguments of the servers' tools are called.
const BY_NAME: Readonly<Record<string, unknown>> = {
  table: 'customers',
  tableName: 'customers',
  table_name: 'customers',
  tables: ['orders', 'customers'],
  database: 'shop',
  databaseName: 'shop',
  schema: 'shop',
  column: 'preferences',
  column_name: 'status',
  columns: ['name', 'email'],
  index: 'scratch_index',
  indexName: 'scratch_index',
  index_name: 'scratch_index',
  where: "status = 'active'",
  conditions: [{ field: 'status', operator: 'eq', value: 'active' }],
  filters: [{ field: 'status', operator: 'eq', value: 'active' }],
  limit: 10,
  pattern: '%ord%',
  search: 'ord',
  searchTerm: 'ord',
  search_term: 'ord',
  object_type: 'table',
  detail_level: 'full',
  data: { email: 'z@x.org', name: 'Zoe' },
  keyColumn: 'id',
  jsonColumn: 'preferences',
  path: '$.theme',
  name: 'ord',
  columnDefinition: COLUMN,
  view_name: 'open_orders',
  threshold: 10,
  variable: 'max_connections',
  like: '%conn%',
  keyword: 'ord',
  value: '"dark"',
  searchValue: 'dark',
  paths: ['$.size'],
  json1: '{"a": 1}',
  json2: '{"b": 2}',
  start: 1,
  id: 1,
  charset: 'utf8mb4',
  goal: 'SPEED',
  statements: ['SELECT 1', "UPDATE customers SET name = 'Ann' WHERE id = 1"],
};

const TAKES_ANY_QUERY = ['query', 'sql'];
// They end or change more than the schema at hand, or wait for what is not there.
const LEFT_OUT =
  /kill|shutdown|replication|cluster|router|proxysql|shell|restore|import|backup|flush|drop_database|create_user|grant|revoke|load_|spatial|geo|repair|cli/i;

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly required?: readonly string[] | undefined;
}

/** The calls to try of a tool; none where an argument is not known. */
export function argumentsFor(tool: string, { properties = {}, required = [] }: Schema): readonly Values[] {
  if (LEFT_OUT.test(tool)) return [];
  const query = required.find((name) => TAKES_ANY_QUERY.includes(name));
  const named = required.filter((name) => name !== query);
  if (named.some((name) => !(name in BY_NAME))) {
    console.log(`  mcp ${tool}: no arguments for ${named.filter((name) => !(name in BY_NAME)).join(', ')}`);
    return [];
  }
  const values = Object.fromEntries(named.map((name) => [name, BY_NAME[name]]));
  if (query !== undefined) return QUERIES.map((sql) => ({ ...values, [query]: sql }));
  const optional = Object.keys(properties).filter(
    (name) => !required.includes(name) && ['table', 'table_name', 'schema', 'limit'].includes(name),
  );
  const more = Object.fromEntries(optional.map((name) => [name, BY_NAME[name]]));
  return optional.length === 0 ? [values] : [values, { ...values, ...more }];
}
