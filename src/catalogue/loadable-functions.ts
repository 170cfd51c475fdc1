import type { CatalogueRow } from './catalogue-source.js';

/** Where a server keeps the names of loadable functions. MySQL's second list has those of components and plugins, too. */
const LISTS = [
  { schema: 'mysql', table: 'func', column: 'name' },
  { schema: 'performance_schema', table: 'user_defined_functions', column: 'UDF_NAME' },
] as const;

/** What tells which of the lists the account may read, and whether the server has both. */
export const LIST_QUERIES: readonly string[] = [
  'SELECT VERSION()',
  ...LISTS.map(
    ({ schema, table, column }) =>
      `SELECT PRIVILEGES FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${schema}' AND TABLE_NAME = '${table}' AND COLUMN_NAME = '${column}'`,
  ),
];

/**
 * The queries for the names of loadable functions; undefined where the account may not read all lists that the server has.
 * @param answers to {@link LIST_QUERIES}
 */
export function nameQueries([version, ...privileges]: readonly (readonly CatalogueRow[])[]):
  readonly string[] | undefined {
  const lists = /mariadb/i.test(version?.[0]?.[0] ?? '') ? LISTS.slice(0, 1) : LISTS;
  const mayRead = lists.every((_list, index) => /\bselect\b/i.test(privileges[index]?.[0]?.[0] ?? ''));
  if (!mayRead) return undefined;
  return lists.map(({ schema, table, column }) => `SELECT ${column} FROM ${schema}.${table}`);
}

/**
 * The loadable functions of a server. One that is called without a schema is run in the place of a stored function of its name.
 * @see https://dev.mysql.com/doc/refman/8.4/en/function-resolution.html
 */
export class LoadableFunctions {
  readonly #names: ReadonlySet<string>;

  /** @param answers to {@link nameQueries} */
  constructor(answers: readonly (readonly CatalogueRow[])[]) {
    this.#names = new Set(answers.flat().map(([name]) => (name ?? '').toLowerCase()));
  }

  /** In an order of their own: the same for the same functions. */
  get names(): string {
    return [...this.#names].sort().join();
  }

  /**
   * Whether a call without a schema may mean one of them. The server folds other letters than ASCII in its own way.
   * @param called lower case
   */
  mayBe(called: string): boolean {
    const isAscii = Buffer.byteLength(called) === called.length;
    return isAscii ? this.#names.has(called) : this.#names.size > 0;
  }
}
