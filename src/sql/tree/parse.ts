import mariadb from 'node-sql-parser/build/mariadb.js';
import mysql from 'node-sql-parser/build/mysql.js';

import { DenialError } from '../../errors.js';

/** A node of the parser's tree: nothing about it is known. */
export type TreeNode = Readonly<Record<string, unknown>>;

const parsers = [
  { parser: new mysql.Parser(), database: 'mysql' },
  { parser: new mariadb.Parser(), database: 'mariadb' },
];

/**
 * Parses one statement. What one dialect of the parser does not take is given to the other: both trees are checked against the
 * tokens afterwards, so a wrong guess cannot hide a table.
 * @param text canonical, without literals of the client
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function parse(text: string): TreeNode {
  let near = '';
  for (const { parser, database } of parsers) {
    try {
      const tree: unknown = parser.astify(text, { database });
      const statement: unknown = Array.isArray(tree) && tree.length === 1 ? tree[0] : tree;
      if (isNode(statement)) return statement;
    } catch (error) {
      near ||= nearText(text, error);
    }
  }
  throw new DenialError('STATEMENT_UNKNOWN', `not understood${near}`);
}

/** Whether a value is a node. */
export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nearText(text: string, error: unknown): string {
  const location = isNode(error) || error instanceof Error ? (error as { location?: unknown }).location : undefined;
  const start = isNode(location) ? location['start'] : undefined;
  const offset = isNode(start) ? start['offset'] : undefined;
  if (typeof offset !== 'number') return '';
  return ` near ${JSON.stringify(text.slice(offset, offset + 32))}`;
}
