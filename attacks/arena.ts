import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { Attack, FileHeader } from './attack.js';
import { type AttackServer, loginOptions } from './attack-server.js';

/** The schema that is attacked, as an administrator sees it: nobody guards what is done here. */
export class Arena {
  readonly server: AttackServer;
  readonly #header: FileHeader;
  #admin: Connection | undefined;

  constructor(server: AttackServer, header: FileHeader) {
    this.server = server;
    this.#header = header;
  }

  get schemaName(): string {
    return this.#header.database;
  }

  /** The text with the server's folder in the place of @OUT@ and @OUTHEX@. */
  fill(text: string): string {
    const path = this.server.outDirectory ?? '';
    return text.replaceAll('@OUTHEX@', Buffer.from(path).toString('hex')).replaceAll('@OUT@', path);
  }

  /** Makes everything as the file describes it, whatever the attack before has left. */
  async reset(): Promise<void> {
    if (!(await this.server.answers())) await this.#restart();
    const { database, schema, seed } = this.#header;
    await this.#connect();
    const make = [
      `DROP DATABASE IF EXISTS ${database}`,
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
      `USE ${database}`,
      ...schema,
      ...seed,
    ];
    for (const sql of make) await this.run(sql);
    await this.server.clearFiles();
  }

  /** What an attack wants to find. */
  async prepare(attack: Attack): Promise<void> {
    for (const [name, content] of Object.entries(attack.prefile)) {
      await writeFile(join(this.server.outDirectory ?? '', name), content);
    }
    for (const sql of attack.setup) await this.run(this.fill(sql));
  }

  /** Undoes what a reset does not; a server that is gone needs no clearing up. */
  async tearDown(attack: Attack): Promise<void> {
    if (attack.teardown.length === 0 || !(await this.server.answers())) return;
    await this.#connect();
    // Where an attack was stopped, what it would have made is not there to be removed.
    for (const sql of attack.teardown) await this.run(this.fill(sql)).catch(() => undefined);
  }

  /** Runs a statement as administrator. */
  async run(sql: string): Promise<void> {
    await this.#open().query(sql);
  }

  /** The rows of a query of the administrator. */
  async rows(sql: string): Promise<unknown[][]> {
    const [rows] = await this.#open().query<RowDataPacket[][]>({ sql: this.fill(sql), rowsAsArray: true });
    return rows;
  }

  /** A further session of the administrator in the schema. */
  session(): Promise<Connection> {
    return createConnection({ ...loginOptions(this.server.database), database: this.#header.database });
  }

  async close(): Promise<void> {
    await this.#disconnect();
  }

  async #restart(): Promise<void> {
    await this.#disconnect();
    await this.server.restart();
  }

  async #connect(): Promise<void> {
    await this.#disconnect();
    this.#admin = await createConnection(loginOptions(this.server.database));
    this.#admin.on('error', () => undefined);
    await this.#admin.query(`USE ${this.#header.database}`).catch(() => undefined);
  }

  async #disconnect(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.end().catch(() => undefined);
  }

  #open(): Connection {
    if (this.#admin === undefined) throw new Error('the arena was not reset');
    return this.#admin;
  }
}
