import { HttpPoster } from '../../transports/http-post.js';
import type { CheckedArchiveOptions } from './archive-options.js';

/** Of an answer, so much is kept: a page of records has 16 MiB at most, or one record that is longer, each character of which may be escaped. */
const MAX_ANSWER_CHARS = 256 * 1024 ** 2;
const MAX_PROBLEM_CHARS = 500;

/** Speaks to ClickHouse over its HTTP interface. */
export class ClickHouse {
  readonly #options: CheckedArchiveOptions;
  readonly #poster: HttpPoster;
  /** `database.table`, of plain identifiers. */
  readonly table: string;

  constructor(options: CheckedArchiveOptions) {
    this.#options = options;
    this.#poster = new HttpPoster(options.url, MAX_ANSWER_CHARS);
    this.table = `${options.database}.${options.table}`;
  }

  /**
   * The rows of a query.
   * @param sql - without a format
   * @throws Error with what ClickHouse says, or the network's
   */
  async rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const answer = await this.#post(Buffer.from(`${sql} FORMAT JSONEachRow`));
    const lines = answer.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** Runs a statement without an answer. */
  async run(sql: string): Promise<void> {
    await this.#post(Buffer.from(sql));
  }

  /** Inserts rows, each a JSON object. They are stored when this resolves; where it rejects, some of them may be. */
  async insert(rows: readonly string[]): Promise<void> {
    await this.#post(Buffer.from(`INSERT INTO ${this.table} FORMAT JSONEachRow\n${rows.join('\n')}\n`));
  }

  close(): void {
    this.#poster.close();
  }

  async #post(body: Buffer): Promise<string> {
    const { user, password, tls = {}, timeoutMs } = this.#options;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'text/plain; charset=utf-8' };
    const answer = await this.#poster.post({ headers, body, tls }, AbortSignal.timeout(timeoutMs));
    if (answer.status === 200) return answer.body;
    throw new Error(`ClickHouse answered ${answer.status}: ${answer.body.slice(0, MAX_PROBLEM_CHARS).trim()}`);
  }
}

/** A text as it stands in SQL. @see https://clickhouse.com/docs/sql-reference/syntax#string */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}
