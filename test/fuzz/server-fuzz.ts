/** Runs what is understood as harmless on a server, and looks whether it was. */
import { type Connection, createConnection } from 'mysql2/promise';
import type { AnalysedStatement, AnalysisScope } from '../../src/sql/analysis.js';
import { createAnalyser } from '../../src/sql/index.js';
import { dialectOf } from '../corpus/dialect.js';
import { type DatabaseAddress, startDatabase } from '../database/index.js';
import { connectionOptions } from '../database/readiness.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { fuzzInput } from './inputs.js';
import { SERVER_SCHEMA } from './server-schema.js';
import { serverState } from './server-state.js';

/** Which inputs. */
export interface ServerFuzzOrder {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** What was seen, and whether all of it was as it should be. */
export interface ServerFuzzReport {
  readonly text: string;
  readonly isClean: boolean;
  /** Inputs that the server executed without an error. */
  readonly executed: number;
}

/** A text as it goes to the server. */
interface Sent {
  readonly index: number;
  readonly bytes: Buffer;
  readonly sqlMode: string;
}

const HARMLESS = ['select', 'show', 'explain'];
const BATCH = 100;
const LONGEST = 4_000;
const LATIN1 = 8;

/** Runs the harmless ones among the inputs of an order on a server of its own. */
export async function fuzzServer(order: ServerFuzzOrder): Promise<ServerFuzzReport> {
  const database = await startDatabase();
  try {
    return await fuzzGivenServer(order, database);
  } finally {
    await database.stop();
  }
}

/** Runs the harmless ones among the inputs of an order on a server, in a schema of their own. */
export async function fuzzGivenServer(order: ServerFuzzOrder, database: DatabaseAddress): Promise<ServerFuzzReport> {
  const schema = await createSchema(database, SERVER_SCHEMA, 'app');
  const fuzzer = await ServerFuzzer.open(database, schema);
  let batch: Sent[] = [];
  for (let index = order.from; index < order.to; index += 1) {
    const { bytes, sqlMode } = fuzzInput(order.seed, index, LONGEST);
    const sent = { index, bytes: withSchema(bytes, schema.name), sqlMode };
    if (sent.bytes.length <= LONGEST && fuzzer.isHarmless(sent)) batch.push(sent);
    if (batch.length < BATCH) continue;
    await fuzzer.run(batch);
    batch = [];
  }
  await fuzzer.run(batch);
  await fuzzer.close();
  await schema.drop();
  return fuzzer.report(order);
}

/** The grammar's schema `app` is this run's. */
function withSchema(bytes: Buffer, name: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('app.', `${name}.`), 'latin1');
}

class ServerFuzzer {
  readonly #database: DatabaseAddress;
  readonly #schema: TestSchema;
  readonly #watcher: Connection;
  readonly #analyser = createAnalyser();
  readonly #faults: string[] = [];
  #connection: Connection;
  #state: string;
  #ran = 0;
  #executed = 0;

  private constructor(
    database: DatabaseAddress,
    schema: TestSchema,
    connections: readonly [Connection, Connection],
    state: string,
  ) {
    this.#database = database;
    this.#schema = schema;
    [this.#watcher, this.#connection] = connections;
    this.#state = state;
  }

  static async open(database: DatabaseAddress, schema: TestSchema): Promise<ServerFuzzer> {
    const watcher = await createConnection(connectionOptions(database));
    const connection = await connect(database, schema);
    return new ServerFuzzer(database, schema, [watcher, connection], await serverState(watcher));
  }

  isHarmless({ bytes, sqlMode }: Sent): boolean {
    return this.#statements(bytes, sqlMode).every(({ analysis }) => {
      const { kind, tables, file, routines } = analysis;
      return (
        HARMLESS.includes(kind) && !file && routines === undefined && tables.every(({ access }) => access === 'read')
      );
    });
  }

  /** Runs a batch, and each of it alone where the state is another one afterwards. */
  async run(batch: readonly Sent[]): Promise<void> {
    for (const sent of batch) await this.#send(sent);
    if (!(await this.#hasChanged())) return;
    for (const sent of batch) {
      await this.#send(sent);
      if (await this.#hasChanged()) this.#faults.push(`${describe(sent)}: changed the server`);
    }
    if (this.#faults.length === 0)
      this.#faults.push(`inputs ${String(batch[0]?.index)} to ${String(batch.at(-1)?.index)}: changed the server`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.end(), this.#watcher.end()]);
  }

  report({ seed, from, to }: ServerFuzzOrder): ServerFuzzReport {
    const lines = [
      `${String(to - from)} inputs of seed ${String(seed)}, ${String(this.#ran)} of them understood as harmless and run, ${String(this.#executed)} executed without an error`,
      `${String(this.#faults.length)} that were not harmless`,
      ...this.#faults.map((fault) => `  ${fault}`),
      '',
    ];
    return { text: lines.join('\n'), isClean: this.#faults.length === 0, executed: this.#executed };
  }

  #statements(bytes: Buffer, sqlMode: string): readonly AnalysedStatement[] {
    const scope: AnalysisScope = this.#analyser.scope(dialectOf(this.#database), this.#schema.name, sqlMode);
    return this.#analyser.analyse(bytes, 0, bytes.length, scope).statements;
  }

  async #send({ index, bytes, sqlMode }: Sent): Promise<void> {
    this.#ran += 1;
    const results = await this.#results(bytes, sqlMode);
    if (results === undefined) return;
    this.#executed += 1;
    if (results === this.#statements(bytes, sqlMode).length) return;
    this.#faults.push(`${describe({ index, bytes, sqlMode })}: the server ran ${String(results)} statements`);
  }

  /** How many results the server gives; undefined where it gives an error. */
  async #results(bytes: Buffer, sqlMode: string): Promise<number | undefined> {
    try {
      await this.#connection.query(`SET SESSION sql_mode = '${sqlMode}'`);
      const [, fields] = await this.#connection.query({ sql: bytes.toString('latin1'), rowsAsArray: true });
      const isSeveral =
        Array.isArray(fields) && fields.some((field: unknown) => field === undefined || Array.isArray(field));
      return isSeveral ? fields.length : 1;
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal === true) this.#connection = await connect(this.#database, this.#schema);
      return undefined;
    }
  }

  async #hasChanged(): Promise<boolean> {
    const state = await serverState(this.#watcher);
    const hasChanged = state !== this.#state;
    this.#state = state;
    return hasChanged;
  }
}

function describe({ index, sqlMode, bytes }: Sent): string {
  return `--from ${String(index)} --inputs 1 (sql_mode '${sqlMode}') ${JSON.stringify(bytes.toString('latin1'))}`;
}

/** A connection that sends bytes as they are: mysql2 writes latin1, and the server reads utf8mb4. */
async function connect(database: DatabaseAddress, { name }: TestSchema): Promise<Connection> {
  const connection = await createConnection({
    ...connectionOptions(database),
    database: name,
    multipleStatements: true,
    charset: 'utf8mb4_general_ci',
  });
  await connection.query(
    database.flavour === 'mariadb' ? 'SET SESSION max_statement_time = 1' : 'SET SESSION max_execution_time = 1000',
  );
  connection.config.charsetNumber = LATIN1;
  return connection;
}
