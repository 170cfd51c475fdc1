import type { Pool, PoolOptions, RowDataPacket } from 'mysql2';
import type { PoolConnection } from 'mysql2/promise';
import { type Answer, answerOf, answerOfError, type Mysql2Result } from './answer.js';
import { isWrite, type UsefulQuery } from './query.js';
import { FIRST_NEW_ID, TABLE_NAMES } from './shop-tables.js';

/** How a query is sent. */
export type Protocol = 'query' | 'execute';

/** Values as the server writes them; one connection, so that a transaction can be looked into. */
export const CLIENT_OPTIONS: PoolOptions = {
  connectionLimit: 1,
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
};

const JUST_NOW = 'NOW() - INTERVAL 10 MINUTE';

/** Sends queries by one pool, and looks at what they write from outside. */
export class ShopClient {
  readonly #pool: Pool;
  readonly #observer: Pool;
  readonly #schema: string;

  /** @param observer - governed by nobody */
  constructor(pool: Pool, observer: Pool, schema: string) {
    this.#pool = pool;
    this.#observer = observer;
    this.#schema = schema;
  }

  /** Runs a query; what it writes is undone. */
  async run(query: UsefulQuery, protocol: Protocol): Promise<Answer> {
    const connection = await this.#pool.promise().getConnection();
    try {
      if (!isWrite(query)) return answerOf(await this.#send(connection, query, protocol), '');
      await connection.beginTransaction();
      const result = await this.#send(connection, query, protocol);
      return answerOf(result, await this.#contents());
    } catch (reason) {
      return answerOfError(reason);
    } finally {
      if (isWrite(query)) await connection.rollback();
      connection.release();
    }
  }

  async #send(
    connection: PoolConnection,
    { sql: text, params }: UsefulQuery,
    protocol: Protocol,
  ): Promise<Mysql2Result> {
    const sql = text.replaceAll('`shop`.', `\`${this.#schema}\`.`).replaceAll(/\bshop\./g, `${this.#schema}.`);
    const values = params === undefined ? [] : [...params];
    const result =
      protocol === 'query'
        ? await connection.query({ sql, values, rowsAsArray: true, typeCast: false })
        : await connection.execute({ sql, values, rowsAsArray: true });
    return result as unknown as Mysql2Result;
  }

  /** All tables, as they are within the transaction. New ids and times of now are not the same twice. */
  async #contents(): Promise<string> {
    const observer = this.#observer.promise();
    await observer.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
    const [[clock]] = await observer.query<RowDataPacket[]>(`SELECT ${JUST_NOW} AS just_now`);
    const justNow = String(clock?.['just_now']);
    const fixed = (key: string, value: unknown): unknown => {
      if (key === 'id' && typeof value === 'number' && value >= FIRST_NEW_ID) return 'new';
      return typeof value === 'string' && /^\d{4}(?:-\d\d){2} \d\d:/.test(value) && value > justNow ? 'now' : value;
    };
    const tables: string[] = [];
    for (const table of TABLE_NAMES) {
      const [rows] = await observer.query(`SELECT * FROM ${table} ORDER BY 1, 2`);
      tables.push(`${table} ${JSON.stringify(rows, fixed)}`);
    }
    return tables.join('\n');
  }
}
