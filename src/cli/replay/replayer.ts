import type { ConnectionState, ReplayConnection, ServerAnswer } from '../../../adapters/mysql2/replay-connection.js';
import { FailureError } from '../../errors.js';
import type { CheckedCaller, PolicyChecker, StatementCheck } from '../../session/policy-checker.js';
import { type Difference, differencesOf, isComparable } from './difference.js';
import { boundValues, isSkip } from './parameters.js';
import type { Recorded } from './recorded.js';
import { isSameServer } from './same-server.js';
import type { Skip } from './skipped.js';

/** What became of one statement. */
export type Replayed =
  | { readonly result: 'same' | 'differs'; readonly differences: readonly Difference[]; readonly answer: ServerAnswer }
  /** It ran, and its record does not say how it ended then. */
  | { readonly result: 'uncompared'; readonly answer: ServerAnswer }
  | ({ readonly result: 'skipped' } & Skip);

/** How a session is run again. */
export interface ReplayOptions {
  /** Run on the server that the records name, too. */
  readonly sameServer: boolean;
  /** The server's own read-only mode. */
  readonly readOnly: boolean;
}

const ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION = 1792;
const READ_ONLY = 'SET SESSION TRANSACTION READ ONLY';
/** Who would run the statements, for the rules: those of the presets ask nobody. */
const CALLER: CheckedCaller = { subject: 'replay', groups: [], taskId: undefined };
/** Runs the statements of one session again, in order, on one connection. What may run is judged by its text, not by what its record says of it. */
export class Replayer {
  readonly #connection: ReplayConnection;
  readonly #checker: PolicyChecker;
  readonly #options: ReplayOptions;
  /** Servers of the records that are another one than this. */
  readonly #otherServers = new Set<string>();
  /** The schema of the session's first statement, which the schema of the URL stands for. */
  #firstSchema: string | undefined;
  #state: ConnectionState | undefined;

  constructor(connection: ReplayConnection, checker: PolicyChecker, options: ReplayOptions) {
    this.#connection = connection;
    this.#checker = checker;
    this.#options = options;
  }

  /**
   * Runs a statement again, where it may run.
   * @throws FailureError `OPTIONS_INVALID` where its record names this server; `CONNECTION_UNSUPPORTED` where the connection is lost
   */
  async replay(recorded: Recorded): Promise<Replayed> {
    await this.#refuseSameServer(recorded);
    this.#state ??= await this.#begin();
    const { command } = recorded.statement;
    const skip = skipOf(recorded);
    if (skip !== undefined) return { result: 'skipped', ...skip };
    if (command === 'COM_RESET_CONNECTION' || command === 'COM_CHANGE_USER') {
      const answer = await this.#connection.reset();
      this.#state = await this.#begin();
      return compared(recorded, answer);
    }
    const unknownSchema = await this.#chooseSchema(recorded.db.namespace);
    if (unknownSchema !== undefined) return compared(recorded, unknownSchema);
    const checks = await this.#check(recorded.statement.text);
    const [first] = checks;
    if (checks.length === 1 && first?.operation === 'USE') return { result: 'skipped', reason: 'schema-change' };
    const denied = checks.find(({ verdict }) => verdict !== 'allow');
    if (denied !== undefined) return { result: 'skipped', reason: 'not-allowed', detail: whyNot(denied) };
    const answer = await this.#run(recorded.statement);
    if (isSkip(answer)) return { result: 'skipped', ...answer };
    await this.#follow(checks);
    const detail = this.#refusedByServer(recorded, answer);
    return detail === undefined ? compared(recorded, answer) : { result: 'skipped', reason: 'not-allowed', detail };
  }

  async #refuseSameServer({ db: { server } }: Recorded): Promise<void> {
    if (this.#options.sameServer || (server !== undefined && this.#otherServers.has(server))) return;
    if (server !== undefined && !(await isSameServer(server, this.#connection.place))) {
      this.#otherServers.add(server);
      return;
    }
    const which = server === undefined ? 'a record does not name its server' : `the records are of ${server}`;
    const text = `${which}, and --to may be that one: replay to another server, or give --same-server`;
    throw new FailureError('OPTIONS_INVALID', text);
  }

  async #begin(): Promise<ConnectionState> {
    if (this.#options.readOnly) {
      const { error } = await this.#connection.query(READ_ONLY);
      if (error !== undefined) {
        throw new FailureError(
          'CONNECTION_UNSUPPORTED',
          `the test database did not take its read-only mode: ${error.message}`,
        );
      }
    }
    return this.#connection.state();
  }

  /** The schema that a statement ran in, as it is named here. @returns the error where there is none of that name */
  async #chooseSchema(recorded: string | undefined): Promise<ServerAnswer | undefined> {
    if (recorded === undefined) return undefined;
    this.#firstSchema ??= recorded;
    const { schema: given } = this.#connection;
    const schema = recorded === this.#firstSchema ? (given ?? recorded) : recorded;
    if (this.#state?.schema === schema) return undefined;
    const answer = await this.#connection.query(`USE \`${schema.replaceAll('`', '``')}\``);
    if (answer.status === 'error') return answer;
    this.#state = { ...(await this.#connection.state()), schema };
    return undefined;
  }

  #check(sql: string): Promise<readonly StatementCheck[]> {
    const { sqlMode = '', schema } = this.#state ?? {};
    return this.#checker.check({ sql, sqlMode, ...(schema !== undefined && { schema }) }, CALLER);
  }

  async #run({ command, text, parameters }: Recorded['statement']): Promise<ServerAnswer | Skip> {
    if (command === 'COM_QUERY') return this.#connection.query(text);
    const { placeholders, ...prepared } = await this.#connection.prepare(text);
    if (command === 'COM_STMT_PREPARE' || placeholders === undefined) return prepared;
    const values = boundValues(parameters);
    if (isSkip(values)) return values;
    return placeholders === values.length ? this.#connection.execute(text, values) : { reason: 'parameters' };
  }

  /** What the read-only mode of the server refuses was not run, though its text read as if it only reads. */
  #refusedByServer({ outcome }: Recorded, { error }: ServerAnswer): string | undefined {
    const isRefused = this.#options.readOnly && error?.code === ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION;
    return isRefused && outcome.error?.code !== error.code ? `the server: ${error.message}` : undefined;
  }

  /** What a statement may have changed of how the next one is read. */
  async #follow(checks: readonly StatementCheck[]): Promise<void> {
    const facts = new Set(checks.flatMap((check) => check.facts));
    if (facts.has('ddl')) this.#checker.schemaChanged();
    if (facts.has('session') || facts.has('routine-call') || facts.has('ddl')) {
      this.#state = await this.#connection.state();
    }
  }
}

/** What is known from the record alone. */
function skipOf({ statement, outcome }: Recorded): Skip | undefined {
  if (outcome.status === 'denied') return { reason: 'refused' };
  if (outcome.status === 'aborted') return { reason: 'aborted' };
  switch (statement.command) {
    case 'COM_INIT_DB':
      return { reason: 'schema-change' };
    case 'COM_QUERY':
    case 'COM_STMT_PREPARE':
    case 'COM_STMT_EXECUTE':
      return skipOfText(statement);
    case 'COM_RESET_CONNECTION':
    case 'COM_CHANGE_USER':
      return undefined;
    default:
      return { reason: 'command', detail: statement.command };
  }
}

function skipOfText({ truncated, redacted }: Recorded['statement']): Skip | undefined {
  if (truncated) return { reason: 'truncated' };
  return redacted ? { reason: 'redacted' } : undefined;
}

function whyNot({ operation, rule, reason }: StatementCheck): string {
  return [operation, rule === undefined ? '' : ` (${rule})`, reason === undefined ? '' : `: ${reason}`].join('');
}

function compared({ outcome }: Recorded, answer: ServerAnswer): Replayed {
  if (!isComparable(outcome)) return { result: 'uncompared', answer };
  const differences = differencesOf(outcome, answer);
  return { result: differences.length === 0 ? 'same' : 'differs', differences, answer };
}
