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
} from '../audit/evidence.js';
import type { IncomingRecord } from './incoming-record.js';
import type { SqliteDatabase, SqliteStatement } from './sqlite.js';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS witnessed (
  writer_id TEXT PRIMARY KEY,
  size INTEGER NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL, note TEXT NOT NULL, received_at TEXT NOT NULL,
  tree TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS findings (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at TEXT NOT NULL, problem TEXT NOT NULL, writer_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL
) STRICT;`;

const MAX_LISTED = 1000;

/** What a witness can find. */
export type WitnessProblem = 'fork' | 'rollback' | 'removed' | 'forged' | 'unknown key';

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

interface WitnessedRow extends WitnessedCheckpoint {
  /** JSON of the tree over the records up to there; null where records were missing. */
  readonly tree: string | null;
}

type Verdict = readonly [WitnessProblem, string];

/**
 * Remembers the last checkpoint of each writer, and checks each new one against it and against the records that are here: a writer that tells another
 * story than before is found out when it tells it. Works within the transaction that stores the records.
 */
export class CheckpointWitness {
  readonly #db: SqliteDatabase;
  readonly #rival: SqliteStatement;
  readonly #last: SqliteStatement;
  readonly #keep: SqliteStatement;
  readonly #report: SqliteStatement;
  readonly #records: SqliteStatement;

  constructor(db: SqliteDatabase) {
    db.exec(SCHEMA);
    this.#db = db;
    this.#rival = db.prepare('SELECT id FROM records WHERE writer_id = ? AND writer_seq = ? AND id <> ? LIMIT 1');
    this.#last = db.prepare('SELECT * FROM witnessed WHERE writer_id = ?');
    this.#records = db.prepare(
      `SELECT writer_seq AS seq, json FROM records WHERE writer_id = ? AND writer_seq > ? AND writer_seq <= ? ORDER BY writer_seq, position`,
    );
    this.#keep = db.prepare(
      `INSERT INTO witnessed (writer_id, size, root, key, note, received_at, tree) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (writer_id) DO UPDATE SET size = excluded.size, root = excluded.root, key = excluded.key, note = excluded.note,
      received_at = excluded.received_at, tree = excluded.tree`,
    );
    this.#report = db.prepare(
      'INSERT INTO findings (received_at, problem, writer_id, seq, id, message) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /** Looks at a record that has just been stored. Returns what is wrong with it. */
  inspect(record: IncomingRecord, receivedAt: string): WitnessFinding | undefined {
    const { id, type, writerId, writerSeq: seq } = record;
    if (writerId === null || seq === null) return undefined;
    const verdict =
      this.#rivalOf(writerId, seq, id) ??
      (type === 'checkpoint' ? this.#inspectCheckpoint(record, receivedAt) : undefined);
    if (verdict === undefined) return undefined;
    const [problem, message] = verdict;
    this.#report.run(receivedAt, problem, writerId, seq, id, message);
    return { received_at: receivedAt, problem, writer_id: writerId, seq, id, message };
  }

  /** The last checkpoint of each writer. */
  writers(): WitnessedCheckpoint[] {
    const sql = 'SELECT writer_id, size, root, key, note, received_at FROM witnessed ORDER BY received_at, writer_id';
    return this.#db.prepare(sql).all() as WitnessedCheckpoint[];
  }

  /** What was found, the newest last. */
  findings(): WitnessFinding[] {
    const sql = `SELECT * FROM (SELECT * FROM findings ORDER BY position DESC LIMIT ${MAX_LISTED}) ORDER BY position`;
    return this.#db.prepare(sql).all() as WitnessFinding[];
  }

  #rivalOf(writerId: string, seq: number, id: string): Verdict | undefined {
    const rival = this.#rival.get(writerId, seq, id) as { id: string } | undefined;
    if (rival === undefined) return undefined;
    return ['fork', `writer ${writerId} has two records ${seq}: ${rival.id} came before ${id}`];
  }

  #inspectCheckpoint(record: IncomingRecord, receivedAt: string): Verdict | undefined {
    const checkpoint = wholeCheckpoint(record.json);
    if (checkpoint === undefined || !isSignedWith(checkpoint, checkpoint.key))
      return ['forged', `checkpoint ${record.id} is not signed by the key that it names, or was changed`];
    const last = this.#last.get(checkpoint.writerId) as WitnessedRow | undefined;
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
    this.#keep.run(writerId, size, root, key, note, receivedAt, kept);
    return verdict;
  }

  /** The first key is believed; another one has to be vouched for, unless it begins a trail of its own. */
  #unknownKey(checkpoint: SignedCheckpoint, last: WitnessedRow | undefined): Verdict | undefined {
    const { writerId, key, action, previous } = checkpoint;
    const keys = (this.#db.prepare('SELECT DISTINCT key FROM witnessed').all() as { key: string }[]).map(
      (row) => row.key,
    );
    const isVouchedFor = action === 'open' && keys.some((known) => isSignedWith(checkpoint, known));
    if (keys.includes(key) || isVouchedFor) return undefined;
    const follows =
      last !== undefined ||
      this.#isAccused(writerId) ||
      previous.some((link) => this.#last.get(link.writerId) !== undefined);
    if (!follows) return undefined;
    return [
      'unknown key',
      `writer ${writerId} signs with the key ${key}, which no key that was seen before vouches for`,
    ];
  }

  /** A journal whose first checkpoint was not believed is not believed later. */
  #isAccused(writerId: string): boolean {
    const sql = `SELECT 1 FROM findings WHERE writer_id = ? AND problem = 'unknown key' LIMIT 1`;
    return this.#db.prepare(sql).get(writerId) !== undefined;
  }

  /** Compares the records that came since the last checkpoint with what this one says. */
  #compare(
    { writerId, size, root }: SignedCheckpoint,
    last: WitnessedRow | undefined,
  ): readonly [TreeFrontier | undefined, Verdict | undefined] {
    if (last?.tree === null) return [undefined, undefined];
    const tree = new MerkleFrontier(last === undefined ? undefined : (JSON.parse(last.tree) as TreeFrontier));
    for (const { seq, json } of this.#records.all(writerId, tree.size, size) as { seq: number; json: string }[])
      if (seq === tree.size + 1) tree.append(leafHash(Buffer.from(json)));
    if (tree.size < size) {
      const first = tree.size + 1;
      return [
        undefined,
        ['removed', `record ${first} of writer ${writerId} is not here, but one of the ${size} that were signed`],
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

/** The checkpoint in a record, where all bytes of the record follow from it. @param json - attacker-controlled */
function wholeCheckpoint(json: string): SignedCheckpoint | undefined {
  const frame = readFrame(json);
  const checkpoint = readCheckpoint(noteOf(frame?.value) ?? '');
  if (frame === undefined || checkpoint === undefined) return undefined;
  return checkpointRecord(checkpoint, frame.seq, frame.prev) === json ? checkpoint : undefined;
}
