/** Everything of a server that a read must leave as it was. */
import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';

const SYSTEM = `('information_schema', 'performance_schema', 'sys')`;
// Counters of the server itself and what they are about.
const RESTLESS = [
  'innodb_table_stats',
  'innodb_index_stats',
  'table_stats',
  'index_stats',
  'column_stats',
  'gtid_slave_pos',
  'gtid_executed',
  'slow_log',
  'general_log',
  'innodb_dynamic_metadata',
  'transaction_registry',
];
const QUERIES = [
  `SELECT table_schema, table_name, table_type FROM information_schema.tables ORDER BY 1, 2`,
  `SELECT table_schema, table_name, column_name, column_type FROM information_schema.columns WHERE table_schema NOT IN ${SYSTEM} ORDER BY 1, 2, 3`,
  `SELECT routine_schema, routine_name, routine_type FROM information_schema.routines ORDER BY 1, 2, 3`,
  `SELECT trigger_schema, trigger_name FROM information_schema.triggers ORDER BY 1, 2`,
];

interface Named {
  readonly s: string;
  readonly t: string;
}

/** A digest of all tables with their content, sequences, routines, triggers and global variables. Equal digests: nothing has changed. */
export async function serverState(connection: Connection): Promise<string> {
  const hash = createHash('sha256');
  for (const sql of QUERIES) hash.update(JSON.stringify((await connection.query(sql))[0]));
  const [tables] = await connection.query(
    `SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ${SYSTEM} ORDER BY 1, 2`,
  );
  const names = (tables as Named[]).filter(({ t }) => !RESTLESS.includes(t)).map(({ s, t }) => `\`${s}\`.\`${t}\``);
  hash.update(JSON.stringify((await connection.query(`CHECKSUM TABLE ${names.join(', ')}`))[0]));
  for (const { s, t } of await sequences(connection)) {
    hash.update(JSON.stringify((await connection.query(`SELECT next_not_cached_value FROM \`${s}\`.\`${t}\``))[0]));
  }
  const [variables] = await connection.query('SHOW GLOBAL VARIABLES');
  const steady = (variables as { readonly Variable_name: string }[]).filter(
    ({ Variable_name: name }) => !/gtid|timestamp|binlog_pos|lc_time/.test(name),
  );
  hash.update(JSON.stringify(steady));
  return hash.digest('base64url');
}

/** MariaDB's. */
async function sequences(connection: Connection): Promise<readonly Named[]> {
  const [rows] = await connection.query(
    `SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_type = 'SEQUENCE' ORDER BY 1, 2`,
  );
  return rows as Named[];
}
