import { LRUCache } from 'lru-cache';

import {
  checkpointRecord,
  isSignedWith,
  leafHash,
  MerkleFrontier,
  hashToBase64,
  noteOf,
  readCheckpoint,
  readFrame,
  type SignedCheckpoint,
  type TreeFrontier,
} from '../../audit/evidence.js';
import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { StatementCache } from './sqlite.js';

/** What a witness remembers. */
export const WITNESS_SCHEMA = `
CREATE TABLE IF NOT EXISTS writers (
  writer_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, first INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS witnessed (
  writer_id TEXT PRIMARY KEY,
  size INTEGER NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL, note TEXT NOT NULL, received_at TEXT NOT NULL,
  tree TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS findings (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at TEXT NOT NULL, problem TEXT NOT NULL, writer_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL
) STRICT;`;

const KEEP = `INSERT INTO witnessed (writer_id, size, root, key, note, received_at, tree) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (writer_id) DO UPDATE SET size = excluded.size, root = excluded.root, key = excluded.key, note = excluded.note,
  received_at = excluded.received_at, tree = excluded.tree`;

const MAX_LISTED = 1000;

/** What a witness can find. */
export type WitnessProblem = 'replay' | 'changed' | 'fork' | 'rollback' | 'removed' | 'forged' | 'unknown key';

/** What is wrong with a record that came in. */
export interface WitnessFinding {
  readonly received_at: string;
  readonly problem: WitnessProblem;
  readonly writer_id: string;
  readonly seq: number;
  readonly id: string;
  readonly message: string;
}

/** The last checkpoint of a writer. */
export interface WitnessedCheckpoint {
  readonly writer_id: string;
  readonly size: number;
  readonly root: string;
  readonly key: string;
  readonly note: string;
  readonly received_at: string;
}

/** What is remembered of each writer's checkpoints, and what was wrong. */
export interface Witnessed {
  readonly writers: readonly WitnessedCheckpoint[];
  readonly findings: readonly WitnessFinding[];
}

interface WitnessedRow extends WitnessedCheckpoint {
  /** JSON of the tree over the records up to there; null where records were missing. */
  readonly tree: string | null;
}

type Verdict = readonly [WitnessProblem, string];

/** A record that is held, and where. */
export interface PlacedRecord {
  readonly position: number;
  readonly record: IncomingRecord;
  /** RFC 3339, UTC. */
  readonly receivedAt: string;
}

/** A record that came though its id was there. */
export interface RecordAgain {
  readonly record: IncomingRecord;
  /** With the same bytes. */
  readonly isSame: boolean;
}

/** The records of writers that are held. */
export interface WriterRecords {
  /**
   * The id of a record before a position that has a writer's number.
   * @param from - the position of the writer's first record: no file before it is looked at
   */
  rivalOf(writerId: string, seq: number, position: number, from: number): string | undefined;
  /** A writer's records above one number and up to another, in their order. */
  ofWriter(
    writerId: string,
    above: number,
    upTo: number,
    from: number,
  ): Iterable<{ readonly seq: number; readonly json: string }>;
}

/**
 * Remembers the last checkpoint of each writer, and checks each new one against it and against the records that are here: a writer that tells another
 * story than before is found out when it tells it. Works within the transaction that applies the records.
 */
export class CheckpointWitness {
  readonly #statements: StatementCache;
  readonly #records: WriterRecords;
  /** Of writers that were heard of lately. */
  readonly #highest = new LRUCache<string, number>({ max: 10_000 });

  constructor(statements: StatementCache, records: WriterRecords) {
    this.#statements = statements;
    this.#records = records;
  }

  /** Looks at a record that has just been stored. Returns what is wrong with it. */
  inspect({ record, position, receivedAt }: PlacedRecord): WitnessFinding | undefined {
    const { id, type, writerId, writerSeq: seq } = record;
    if (writerId === null || seq === null) return undefined;
    const verdict =
      this.#rivalOf(writerId, seq, id, position) ??
      (type === 'checkpoint' ? this.#inspectCheckpoint(record, receivedAt) : undefined);
    if (verdict === undefined) return undefined;
    return this.#report(record, verdict, receivedAt);
  }

  /** Looks at records that came though they were there: one finding for each writer and kind. */
  inspectAgain(again: readonly RecordAgain[], receivedAt: string): readonly WitnessFinding[] {
    const counts = new Map<string, { readonly first: RecordAgain; count: number }>();
    for (const one of again) {
      const key = `${String(one.isSame)} ${one.record.writerId ?? ''}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { first: one, count: 1 });
      else known.count += 1;
    }
    return [...counts.values()].map(({ first: { record, isSame }, count }) => {
      const what = `${count} ${count === 1 ? 'record' : 'records'} of writer ${record.writerId ?? 'unknown'}, of which ${record.id} is the first,`;
      const verdict: Verdict = isSame
        ? ['replay', `${what} came again long after they were stored`]
        : ['changed', `${what} came again with other bytes: the first stay, the others are kept beside them`];
      return this.#report(record, verdict, receivedAt);
    });
  }

  #report(
    { id, writerId, writerSeq }: IncomingRecord,
    [problem, message]: Verdict,
    receivedAt: string,
  ): WitnessFinding {
    const finding = { received_at: receivedAt, problem, writer_id: writerId ?? '', seq: writerSeq ?? 0, id, message };
    this.#statements
      .of('INSERT INTO findings (received_at, problem, writer_id, seq, id, message) VALUES (?, ?, ?, ?, ?, ?)')
      .run(receivedAt, problem, finding.writer_id, finding.seq, id, message);
    return finding;
  }

  #rivalOf(writerId: string, seq: number, id: string, position: number): Verdict | undefined {
    if (this.#isAhead(writerId, seq, position)) return undefined;
    const rival = this.#records.rivalOf(writerId, seq, position, this.#writer(writerId)?.first ?? 0);
    if (rival === undefined) return undefined;
    return ['fork', `writer ${writerId} has two records ${seq}: ${rival} came before ${id}`];
  }

  /** Whether a number is above all that a writer had, as mostly it is: then it has no rival. */
  #isAhead(writerId: string, seq: number, position: number): boolean {
    const highest = this.#highest.get(writerId) ?? this.#writer(writerId)?.seq ?? -Infinity;
    if (seq <= highest) return false;
    this.#highest.set(writerId, seq);
    this.#statements
      .of(
        'INSERT INTO writers (writer_id, seq, first) VALUES (?, ?, ?) ON CONFLICT (writer_id) DO UPDATE SET seq = excluded.seq',
      )
      .run(writerId, seq, position);
    return true;
  }

  /** The highest number that a writer has had, and the position of its first record. */
  #writer(writerId: string): { readonly seq: number; readonly first: number } | undefined {
    const row = this.#statements.of('SELECT seq, first FROM writers WHERE writer_id = ?').get(writerId);
    return row as { seq: number; first: number } | undefined;
  }

  #inspectCheckpoint(record: IncomingRecord, receivedAt: string): Verdict | undefined {
    const checkpoint = wholeCheckpoint(record.json);
    if (checkpoint === undefined || !isSignedWith(checkpoint, checkpoint.key))
      return ['forged', `checkpoint ${record.id} is not signed by the key that it names, or was changed`];
    const last = this.#lastOf(checkpoint.writerId);
    const { writerId, size, root, key, note } = checkpoint;
    if (last !== undefined && size <= last.size) {
      const problem = size === last.size && root !== last.root ? 'fork' : 'rollback';
      return [
        problem,
        `writer ${writerId} had ${last.size} records with root ${last.root}, and now has ${size} with root ${root}`,
      ];
    }
    const unknown = this.#unknownKey(checkpoint, last);
    if (unknown !== undefined) return unknown;
    const [tree, verdict] = this.#compare(checkpoint, last);
    if (verdict?.[0] === 'fork') return verdict;
    const kept = tree === undefined ? null : JSON.stringify(tree);
    this.#statements.of(KEEP).run(writerId, size, root, key, note, receivedAt, kept);
    return verdict;
  }

  /** The first key is believed; another one has to be vouched for, unless it begins a trail of its own. */
  #unknownKey(checkpoint: SignedCheckpoint, last: WitnessedRow | undefined): Verdict | undefined {
    const { writerId, key, action, previous } = checkpoint;
    const rows = this.#statements.of('SELECT DISTINCT key FROM witnessed').all() as { key: string }[];
    const keys = rows.map((row) => row.key);
    const isVouchedFor = action === 'open' && keys.some((known) => isSignedWith(checkpoint, known));
    if (keys.includes(key) || isVouchedFor) return undefined;
    const follows =
      last !== undefined ||
      this.#isAccused(writerId) ||
      previous.some((link) => this.#lastOf(link.writerId) !== undefined);
    if (!follows) return undefined;
    return [
      'unknown key',
      `writer ${writerId} signs with the key ${key}, which no key that was seen before vouches for`,
    ];
  }

  /** A journal whose first checkpoint was not believed is not believed later. */
  #isAccused(writerId: string): boolean {
    const sql = `SELECT 1 FROM findings WHERE writer_id = ? AND problem IN ('unknown key', 'fork') LIMIT 1`;
    return this.#statements.of(sql).get(writerId) !== undefined;
  }

  #lastOf(writerId: string): WitnessedRow | undefined {
    return this.#statements.of('SELECT * FROM witnessed WHERE writer_id = ?').get(writerId) as WitnessedRow | undefined;
  }

  /** Compares the records that came since the last checkpoint with what this one says. */
  #compare(
    { writerId, size, root }: SignedCheckpoint,
    last: WitnessedRow | undefined,
  ): readonly [TreeFrontier | undefined, Verdict | undefined] {
    if (last?.tree === null) return [undefined, undefined];
    const tree = new MerkleFrontier(last === undefined ? undefined : (JSON.parse(last.tree) as TreeFrontier));
    const first = this.#writer(writerId)?.first ?? 0;
    for (const { seq, json } of this.#records.ofWriter(writerId, tree.size, size, first))
      if (seq === tree.size + 1) tree.append(leafHash(Buffer.from(json)));
    if (tree.size < size) {
      const missing = tree.size + 1;
      return [
        undefined,
        ['removed', `record ${missing} of writer ${writerId} is not here, but one of the ${size} that were signed`],
      ];
    }
    if (hashToBase64(tree.root()) === root) return [tree.frontier(), undefined];
    return [
      undefined,
      [
        'fork',
        `the ${size} records of writer ${writerId} that are here are not those that were signed with root ${root}`,
      ],
    ];
  }
}

/** The last checkpoint of each writer, and what was found, the newest last. */
export function readWitnessed(statements: StatementCache): Witnessed {
  const writers = 'SELECT writer_id, size, root, key, note, received_at FROM witnessed ORDER BY received_at, writer_id';
  const findings = `SELECT received_at, problem, writer_id, seq, id, message FROM
    (SELECT * FROM findings ORDER BY position DESC LIMIT ${MAX_LISTED}) ORDER BY position`;
  return {
    writers: statements.of(writers).all() as WitnessedCheckpoint[],
    findings: statements.of(findings).all() as WitnessFinding[],
  };
}

/** The checkpoint in a record, where all bytes of the record follow from it. @param json - attacker-controlled */
function wholeCheckpoint(json: string): SignedCheckpoint | undefined {
  const frame = readFrame(json);
  const checkpoint = readCheckpoint(noteOf(frame?.value) ?? '');
  if (frame === undefined || checkpoint === undefined) return undefined;
  return checkpointRecord(checkpoint, frame.seq, frame.prev) === json ? checkpoint : undefined;
}
