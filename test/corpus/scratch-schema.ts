/** What one statement needs on the server, made piece by piece and taken away again. */
import type { Connection } from 'mysql2/promise';
import type { Definition } from './definition.js';
import { quoted } from './quoted-name.js';

/** The schema that statements are prepared in: scripts of the suites name it. */
export const SCRATCH = 'test';

/** A table of the server. */
export interface ScratchTable {
  readonly schema: string;
  readonly table: string;
}

/** Schemas that are the server's own: nothing is made in them. */
const SYSTEM = ['mysql', 'information_schema', 'performance_schema', 'sys'];

/** Makes what a statement needs. One object for one statement. */
export class ScratchSchema {
  /** Tables that the statement needed, in the order in which the server looked for them. */
  readonly tables: ScratchTable[] = [];
  readonly #admin: Connection;
  readonly #definitions: readonly Definition[];
  readonly #drops: string[] = [];
  #columns = 0;

  constructor(admin: Connection, definitions: readonly Definition[]) {
    this.#admin = admin;
    this.#definitions = definitions;
  }

  /** Runs a statement. Returns whether it worked. */
  async run(sql: string): Promise<boolean> {
    return this.#admin.query(sql).then(
      () => true,
      () => false,
    );
  }

  /** Makes a table, as the script defines it where it does. */
  async createTable({ schema, table }: ScratchTable): Promise<boolean> {
    if (SYSTEM.includes(schema.toLowerCase())) return false;
    const name = `${quoted(schema)}.${quoted(table)}`;
    const definition = this.#definitions.findLast((known) => known.table === table);
    await this.createDatabase(schema);
    const isMade =
      (definition !== undefined && (await this.run(`CREATE TABLE ${name} ${definition.rest}`))) ||
      (await this.run(`CREATE TABLE ${name} (unnamed_ INT)`));
    if (isMade) this.#drops.push(`DROP TABLE IF EXISTS ${name}`);
    if (isMade) this.tables.push({ schema, table });
    return isMade;
  }

  /** Makes a table a sequence. */
  async createSequence({ schema, table }: ScratchTable): Promise<boolean> {
    const name = `${quoted(schema)}.${quoted(table)}`;
    await this.run(`DROP TABLE ${name}`);
    this.#drops.push(`DROP SEQUENCE IF EXISTS ${name}`);
    return this.run(`CREATE SEQUENCE ${name}`);
  }

  async createDatabase(schema: string): Promise<boolean> {
    if (schema === SCRATCH) return true;
    const isMade = await this.run(`CREATE DATABASE ${quoted(schema)}`);
    if (isMade) this.#drops.push(`DROP DATABASE IF EXISTS ${quoted(schema)}`);
    return isMade;
  }

  /** Makes a stored function or procedure, or makes it again with other parameters. */
  async createRoutine(
    kind: 'FUNCTION' | 'PROCEDURE',
    schema: string,
    name: string,
    parameters: number,
  ): Promise<boolean> {
    const qualified = `${quoted(schema)}.${quoted(name)}`;
    const list = Array.from({ length: parameters }, (_, index) => `p${String(index)} TEXT`).join(', ');
    const body = kind === 'FUNCTION' ? 'RETURNS INT DETERMINISTIC RETURN 1' : 'SELECT 1';
    await this.run(`DROP ${kind} IF EXISTS ${qualified}`);
    this.#drops.push(`DROP ${kind} IF EXISTS ${qualified}`);
    return this.run(`CREATE ${kind} ${qualified}(${list}) ${body}`);
  }

  /** Adds a column to a table; under a name of its own where none is given. */
  async addColumn({ schema, table }: ScratchTable, column?: string): Promise<boolean> {
    this.#columns += 1;
    const name = quoted(column ?? `unnamed_${String(this.#columns)}`);
    return this.run(`ALTER TABLE ${quoted(schema)}.${quoted(table)} ADD COLUMN ${name} VARCHAR(100)`);
  }

  /** Takes everything away. */
  async drop(): Promise<void> {
    for (const sql of this.#drops.reverse()) await this.run(sql);
  }
}
