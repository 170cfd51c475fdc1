/** What one round of a client is to do. */
export interface RoundOrder {
  /** With one parameter, from 0 to 99. */
  readonly sql: string;
  /** mysql2's `query` (text protocol) or `execute` (binary protocol). */
  readonly method: 'query' | 'execute';
  readonly statements: number;
  /** How many statements are awaited at a time. */
  readonly inFlight: number;
  /** Share of the statements whose text was never seen before: in them, `seen` is another word. 0 where not given. */
  readonly unseen?: number;
}

/** What one round of a query builder or an ORM is to do. */
export interface OrmRoundOrder {
  readonly query: 'point select' | '20 rows' | 'insert' | 'update in a transaction';
  /** How often. */
  readonly times: number;
  readonly inFlight: number;
}

/** What a round cost. */
export interface Round {
  /** CPU of the client's process, user and system, all threads, in microseconds a statement. */
  readonly cpuMicros: number;
  /** Statements a second. */
  readonly throughput: number;
}

/** What a client is to stream, row by row. */
export interface StreamOrder {
  readonly stream: string;
}

/** What a stream took. */
export interface Streamed {
  readonly rows: number;
  /** Of the values that arrived. */
  readonly bytes: number;
  /** By how many bytes of resident memory the process was larger than before, at most. */
  readonly growth: number;
  readonly seconds: number;
}
