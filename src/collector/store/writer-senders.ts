import { LRUCache } from 'lru-cache';

import type { StatementCache } from './sqlite.js';

/** What is remembered of who sends for whom. */
export const WRITER_SENDERS_SCHEMA = `
CREATE TABLE IF NOT EXISTS writer_senders (
  writer_id TEXT NOT NULL, sender TEXT NOT NULL, believed INTEGER NOT NULL,
  PRIMARY KEY (writer_id, sender)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS writer_senders_by_sender ON writer_senders (sender, writer_id) WHERE believed > 0;`;

/** How a sender stands to a writer; `new`: a stranger who is met for the first time. */
export type Standing = 'believed' | 'stranger' | 'new';

/** Who sent first is the owner, whom nobody else can accuse. */
const [STRANGER, VOUCHED, OWNER] = [0, 1, 2];

/**
 * Remembers who sends for a writer: whoever did first, and whom the writer's key has vouched for. Anybody who may send records could else speak for
 * the writer of somebody else.
 */
export class WriterSenders {
  readonly #statements: StatementCache;
  /** Of those that were heard of lately. */
  readonly #known = new LRUCache<string, 'believed' | 'stranger'>({ max: 10_000 });

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** How a sender of a writer's record stands. */
  meet(writerId: string, sender: string): Standing {
    const key = `${writerId}\n${sender}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const standings = this.#of(writerId);
    const own = standings.find((one) => one.sender === sender);
    const isBelieved = own === undefined ? standings.length === 0 : own.believed > STRANGER;
    if (own === undefined) this.#note(writerId, sender, isBelieved ? OWNER : STRANGER);
    this.#known.set(key, isBelieved ? 'believed' : 'stranger');
    if (isBelieved) return 'believed';
    return own === undefined ? 'new' : 'stranger';
  }

  /** Believes a sender from now on, and what came from it before. */
  believe(writerId: string, sender: string): void {
    this.#note(writerId, sender, VOUCHED);
    this.#known.set(`${writerId}\n${sender}`, 'believed');
  }

  /** Whom a writer's records are believed of. */
  believed(writerId: string): readonly string[] {
    return this.#of(writerId).flatMap(({ sender, believed }) => (believed > STRANGER ? [sender] : []));
  }

  /** Who sent for a writer first. */
  owner(writerId: string): string | undefined {
    return this.#of(writerId).find(({ believed }) => believed === OWNER)?.sender;
  }

  /** What was noted in a transaction that failed was not noted. */
  forget(): void {
    this.#known.clear();
  }

  #of(writerId: string): readonly { readonly sender: string; readonly believed: number }[] {
    const sql = 'SELECT sender, believed FROM writer_senders WHERE writer_id = ? ORDER BY sender';
    return this.#statements.of(sql).all(writerId) as { sender: string; believed: number }[];
  }

  #note(writerId: string, sender: string, believed: number): void {
    const sql = `INSERT INTO writer_senders (writer_id, sender, believed) VALUES (?, ?, ?)
      ON CONFLICT (writer_id, sender) DO UPDATE SET believed = excluded.believed`;
    this.#statements.of(sql).run(writerId, sender, believed);
  }
}
