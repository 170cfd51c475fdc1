import type { AnalysedStatement } from '../sql/analysis.js';

/** Most names that are remembered; tables beyond them are taken for others. */
const MAX_NAMES = 1_000;

/**
 * The temporary tables that a session is known to have, as `schema.name`. Where it may have lost one unseen, that one is forgotten: its name
 * would stand for another table then.
 */
export class TemporaryTables {
  readonly #names = new Set<string>();

  /** How many are known. */
  get size(): number {
    return this.#names.size;
  }

  /** @param name `schema.name` */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** There are none any more. */
  clear(): void {
    this.#names.clear();
  }

  /**
   * A statement has run.
   * @param succeeded false where it failed, or may have
   */
  follow(statement: AnalysedStatement, succeeded: boolean): void {
    const { analysis, inner } = statement;
    if (this.#names.size > 0) {
      const { kind, routines, unseen = routines } = analysis;
      if (
        kind === 'unknown' ||
        (kind === 'call' && unseen === undefined) ||
        (unseen !== undefined && unseen.length > 0)
      )
        this.clear();
      this.#forgetChanged(statement);
      for (const { statement: further } of inner ?? []) this.#forgetChanged(further);
    }
    if (succeeded && analysis.temporary === true && analysis.operation === 'CREATE TABLE') this.#add(statement);
  }

  #add({ analysis: { tables } }: AnalysedStatement): void {
    for (const { schema, table, access } of tables) {
      if (access === 'write' && schema !== undefined && this.#names.size < MAX_NAMES)
        this.#names.add(`${schema}.${table}`);
    }
  }

  /** Whatever a definition changes may be gone, or have another name. */
  #forgetChanged({ analysis: { kind, tables } }: AnalysedStatement): void {
    if (kind !== 'ddl') return;
    for (const { schema, table, access } of tables) {
      if (access === 'write') this.#names.delete(`${schema ?? ''}.${table}`);
    }
  }
}
