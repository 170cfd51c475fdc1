import type { Result } from './report/result.js';

/** How much is measured. */
export interface BenchOptions {
  /** Of what takes turns. */
  readonly rounds: number;
  /** Of a round. */
  readonly statements: number;
  /** That the journal and the collector take; each has a number of its own where none is given. */
  readonly records: number | undefined;
  /** Of the proxy, that do nothing. */
  readonly sessions: number;
  /** Of each run of sysbench. */
  readonly seconds: number;
}

/** Something that is measured. */
export interface Scenario {
  readonly name: string;
  /** In a few words. */
  readonly about: string;
  run(options: BenchOptions): Promise<readonly Result[]>;
}
