/** Runs what is understood as harmless on a server, and looks whether it was. */
import { type Connection, createConnection } from 'mysql2/promise';
import type { AnalysedStatement, Analysis, AnalysisScope } from '../../src/sql/analysis.js';
import { createAnalyser } from '../../src/sql/index.js';
import { dialectOf } from '../corpus/dialect.js';
import { type DatabaseAddress, startDatabase } from '../database/index.js';
import { connectionOptions } from '../database/readiness.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { fuzzInput } from './inputs.js';
import { serverSchema } from './server-schema.js';
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

const HARMLESS = ['select', 'show', 'explain', 'session', 'transaction', 'use'];
/** After these the next input gets another session. */
const CHANGES_SESSION = ['session', 'transaction', 'use'];
const BATCH = 100;
const LONGEST = 4_000;
const LATIN1 = 8;

/** Whether a statement is believed to change nothing. */
export type Belief = (analysis: Analysis) => boolean;

/** Reads, and what changes the session alone: what the fuzzer believes to be harmless. */
export const isRead: Belief = ({ kind, file, routines, tables }) =>
  HARMLESS.includes(kind) && !file && routines === undefined && tables.every(({ access }) => access === 'read');

/** Runs those of an order's inputs that are believed to be harmless, as administrator of a server of its own. */
export async function fuzzServer(order: ServerFuzzOrder, belief: Belief = isRead): Promise<ServerFuzzReport> {
  const database = await startDatabase();
  try {
    const schema = await createSchema(database, serverSchema(database.flavour), 'app');
    const fuzzer = await ServerFuzzer.open(database, schema, belief);
    for (const batch of batches(order, schema.name, (sent) => fuzzer.isBelieved(sent))) await fuzzer.run(batch);
    await fuzzer.close();
    return fuzzer.report(order);
  } finally {
    await database.stop();
  }
}

function* batches(
  { seed, from, to }: ServerFuzzOrder,
  schema: string,
  isBelieved: (sent: Sent) => boolean,
): Generator<readonly Sent[]> {
  let batch: Sent[] = [];
  for (let index = from; index < to; index += 1) {
    const { bytes, sqlMode } = fuzzInput(seed, index, LONGEST);
    const sent = { index, bytes: withSchema(bytes, schema), sqlMode };
    if (sent.bytes.length <= LONGEST && isBelieved(sent)) batch.push(sent);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** The grammar's schema `app` is this run's. */
function withSchema(bytes: Buffer, name: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('app.', `${name}.`), 'latin1');
}

class ServerFuzzer {
  readonly #database: DatabaseAddress;
  readonly #schema: TestSchema;
  readonly #belief: Belief;
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
    belief: Belief,
    connections: readonly [Connection, Connection],
    state: string,
  ) {
    this.#database = database;
    this.#schema = schema;
    this.#belief = belief;
    [this.#watcher, this.#connection] = connections;
    this.#state = state;
  }

  static async open(database: DatabaseAddress, schema: TestSchema, belief: Belief): Promise<ServerFuzzer> {
    const watcher = await createConnection(connectionOptions(database));
    const connection = await connect(database, schema);
    return new ServerFuzzer(database, schema, belief, [watcher, connection], await serverState(watcher));
  }

  isBelieved({ bytes, sqlMode }: Sent): boolean {
    return this.#statements(bytes, sqlMode).every(({ analysis }) => this.#belief(analysis));
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

  async #send(sent: Sent): Promise<void> {
    const { bytes, sqlMode } = sent;
    this.#ran += 1;
    const statements = this.#statements(bytes, sqlMode);
    const results = await this.#results(bytes, sqlMode);
    if (results !== undefined) {
      this.#executed += 1;
      await this.#count(sent, results - statements.length);
    }
    if (statements.some(({ analysis }) => CHANGES_SESSION.includes(analysis.kind))) await this.#renew();
  }

  async #count(sent: Sent, surplus: number): Promise<void> {
    if (surplus === 0) return;
    const { bytes, sqlMode } = sent;
    // Behind the last semicolon there may be a comment alone, which the server counts.
    const empty = await this.#emptyStatements();
    await this.#results(bytes, sqlMode);
    if ((await this.#emptyStatements()) - empty !== surplus) {
      this.#faults.push(`${describe(sent)}: the server ran ${String(surplus)} more statements than were seen`);
    }
  }

  async #emptyStatements(): Promise<number> {
    const [rows] = await this.#connection.query("SHOW SESSION STATUS LIKE 'Com_empty_query'");
    return Number((rows as { readonly Value: string }[])[0]?.Value ?? 0);
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
      if ((error as { fatal?: boolean }).fatal === true) await this.#renew();
      return undefined;
    }
  }

  async #renew(): Promise<void> {
    this.#connection.destroy();
    this.#connection = await connect(this.#database, this.#schema);
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
    database.flavour === 'mariadb' ? 'SET SESSION max_statement_time = 0.2' : 'SET SESSION max_execution_time = 200',
  );
  connection.config.charsetNumber = LATIN1;
  return connection;
}
