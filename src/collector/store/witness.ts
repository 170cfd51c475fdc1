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
import { GrowingTrees } from './growing-trees.js';
import type { PlacedRecord, RecordAgain, WriterRecord, WriterRecords } from './placed-record.js';
import type { StatementCache } from './sqlite.js';
import type { WitnessedCheckpoint, WitnessFinding, WitnessProblem } from './witness-findings.js';
import { type WriterProgress, WRITER_TURNS_SCHEMA, WriterTurns } from './writer-turns.js';
import { WRITER_NUMBERS_SCHEMA, WriterNumbers } from './writer-numbers.js';
import { WRITER_SENDERS_SCHEMA, WriterSenders } from './writer-senders.js';

/** What a witness remembers. */
export const WITNESS_SCHEMA: string = `
CREATE TABLE IF NOT EXISTS witnessed (
  writer_id TEXT PRIMARY KEY,
  size INTEGER NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL, note TEXT NOT NULL, received_at TEXT NOT NULL,
  tree TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS findings (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at TEXT NOT NULL, problem TEXT NOT NULL, writer_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
${WRITER_NUMBERS_SCHEMA}${WRITER_SENDERS_SCHEMA}${WRITER_TURNS_SCHEMA}`;

const KEEP = `INSERT INTO witnessed (writer_id, size, root, key, note, received_at, tree) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (writer_id) DO UPDATE SET size = excluded.size, root = excluded.root, key = excluded.key, note = excluded.note,
  received_at = excluded.received_at, tree = excluded.tree`;

interface WitnessedRow extends WitnessedCheckpoint {
  /** JSON of the tree over the records up to there; null where records were missing. */
  readonly tree: string | null;
}

const NONE: readonly WitnessFinding[] = [];

type Verdict = readonly [WitnessProblem, string];

/**
 * Remembers the last checkpoint of each writer, and checks each new one against it and against the records that are here: a writer that tells another
 * story than before is found out when it tells it. Works within the transaction that applies the records.
 */
export class CheckpointWitness {
  readonly #statements: StatementCache;
  readonly #records: WriterRecords;
  readonly #senders: WriterSenders;
  readonly #numbers: WriterNumbers;
  readonly #turns: WriterTurns;
  readonly #trees = new GrowingTrees();

  constructor(statements: StatementCache, records: WriterRecords) {
    this.#statements = statements;
    this.#records = records;
    this.#senders = new WriterSenders(statements);
    this.#numbers = new WriterNumbers(statements);
    this.#turns = new WriterTurns(statements);
  }

  /** Looks at a record that has just been stored. Returns what is wrong with it. */
  inspect(placed: PlacedRecord): readonly WitnessFinding[] {
    const { record, receivedAt, sender } = placed;
    const { writerId, writerSeq: seq } = record;
    if (writerId === null || seq === null) return NONE;
    const standing = this.#senders.meet(writerId, sender);
    const isVouched = standing !== 'believed' && this.#isVouchedFor(writerId, placed);
    const isBelieved = standing === 'believed' || isVouched;
    const verdicts = [
      standing === 'new' ? this.#otherSender(writerId, sender, isVouched) : undefined,
      isBelieved ? this.#verdictOf(writerId, seq, placed) : undefined,
    ].filter((verdict) => verdict !== undefined);
    if (isBelieved) this.#trees.append(writerId, seq, record.json);
    else this.#trees.end(writerId);
    return verdicts.length === 0 ? NONE : verdicts.map((verdict) => this.#report(record, verdict, receivedAt));
  }

  #verdictOf(writerId: string, seq: number, placed: PlacedRecord): Verdict | undefined {
    return (
      this.#rivalOf(writerId, seq, placed) ??
      (placed.record.type === 'checkpoint' ? this.#inspectCheckpoint(placed) : undefined)
    );
  }

  /** Writes what was noted of the records that were inspected. */
  save(): void {
    this.#numbers.save();
  }

  /** What was noted in a transaction that failed was not noted. */
  forget(): void {
    this.#numbers.forget();
    this.#senders.forget();
    this.#trees.forget();
  }

  /** Notes how far writers have come where a file ends. @param position - of the first record of the next one */
  noteTurn(position: number, writers: readonly string[]): void {
    for (const writer of writers) {
      const progress = this.#progressOf(writer);
      if (progress !== undefined) this.#turns.add(position, progress);
    }
  }

  /** How far a writer has come, and the tree over all of its records, where it signs and none is missing. */
  #progressOf(writerId: string): WriterProgress | undefined {
    const writer = this.#numbers.of(writerId);
    if (writer === undefined) return undefined;
    const { seq } = writer;
    const tree = this.#lastOf(writerId) === undefined ? undefined : this.#treeUpTo(writerId, seq);
    return { writer_id: writerId, seq, tree: tree?.size === seq ? tree.frontier() : null };
  }

  /** The tree over a writer's records, as far as none is missing; undefined where one was missing at its last checkpoint. */
  #treeUpTo(writerId: string, size: number): MerkleFrontier | undefined {
    const growing = this.#trees.of(writerId, size);
    if (growing !== undefined) return growing;
    const last = this.#lastOf(writerId);
    if (last?.tree === null) return undefined;
    const witnessed = last === undefined ? undefined : (JSON.parse(last.tree) as TreeFrontier);
    // What was kept long enough and removed is covered by the tree of that time.
    const removed = this.#turns.ofWriter(writerId, this.#records.first())?.tree ?? undefined;
    const tree = new MerkleFrontier((removed?.size ?? 0) > (witnessed?.size ?? 0) ? removed : witnessed);
    const held = this.#records.ofWriter(writerId, tree.size, size, this.#firstAbove(writerId, tree.size));
    const [owner, believed] = [this.#senders.owner(writerId), this.#senders.believed(writerId)];
    const rank = (sender: string): number => (sender === owner ? 0 : believed.includes(sender) ? 1 : 2);
    for (const { seq, position } of onePerNumber(held, rank))
      if (seq === tree.size + 1) tree.append(leafHash(Buffer.from(this.#records.jsonOf(position))));
    return tree;
  }

  /** Where to look for a writer's records above a number: a long life is in many files. */
  #firstAbove(writerId: string, seq: number): number {
    return Math.max(this.#numbers.of(writerId)?.first ?? 0, this.#turns.positionAbove(writerId, seq));
  }

  /** A stranger who brings what only the writer's key can have signed, and after all that was signed before, is believed from now on. */
  #isVouchedFor(writerId: string, { record, sender }: PlacedRecord): boolean {
    if (record.type !== 'checkpoint') return false;
    const last = this.#lastOf(writerId);
    const checkpoint = wholeCheckpoint(record.json);
    const isProof =
      last !== undefined &&
      checkpoint?.writerId === writerId &&
      checkpoint.size > last.size &&
      isSignedWith(checkpoint, last.key);
    if (isProof) this.#senders.believe(writerId, sender);
    return isProof;
  }

  #otherSender(writerId: string, sender: string, isVouched: boolean): Verdict {
    const owner = this.#senders.owner(writerId) ?? 'somebody else';
    const until = isVouched
      ? 'they are believed, since the writer has signed what came'
      : 'they are kept, and are not believed until a checkpoint that the writer signed comes from there';
    return ['other sender', `records of writer ${writerId}, which came from ${owner}, come from ${sender}: ${until}`];
  }

  /** Looks at records that came though they were there: one finding for each writer, sender and kind. */
  inspectAgain(again: readonly RecordAgain[], receivedAt: string): readonly WitnessFinding[] {
    const counts = new Map<string, { readonly first: RecordAgain; count: number }>();
    for (const one of again) {
      const key = `${String(one.isSame)} ${one.sender} ${one.record.writerId ?? ''}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { first: one, count: 1 });
      else known.count += 1;
    }
    return [...counts.values()].map(({ first: { record, isSame, sender }, count }) => {
      const what = `${count} ${count === 1 ? 'record' : 'records'} of writer ${record.writerId ?? 'unknown'}, of which ${record.id} is the first,`;
      const verdict: Verdict = isSame
        ? ['replay', `${what} came again from ${sender} long after they were stored`]
        : [
            'changed',
            `${what} came again from ${sender} with other bytes: the first stay, the others are kept beside them`,
          ];
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

  #rivalOf(writerId: string, seq: number, { record, position, sender }: PlacedRecord): Verdict | undefined {
    if (this.#numbers.raise(writerId, seq, position)) return undefined;
    const last = this.#lastOf(writerId);
    if (last !== undefined && last.tree !== null && seq <= last.size)
      return ['fork', `writer ${writerId} has two records ${seq}: another one was signed for before ${record.id} came`];
    // What somebody else has brought is no reason to accuse the owner.
    const senders = sender === this.#senders.owner(writerId) ? [sender] : this.#senders.believed(writerId);
    const from = this.#firstAbove(writerId, last?.size ?? 0);
    const rival = this.#records.rivalOf({ writerId, seq, position, senders }, from);
    if (rival === undefined) return undefined;
    return ['fork', `writer ${writerId} has two records ${seq}: ${rival} came before ${record.id}`];
  }

  #inspectCheckpoint({ record, receivedAt, sender }: PlacedRecord): Verdict | undefined {
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
    const unknown = this.#unknownKey(checkpoint, last, sender);
    if (unknown !== undefined) return unknown;
    const [tree, verdict] = this.#compare(checkpoint);
    if (tree === undefined) this.#trees.end(writerId);
    else this.#trees.begin(writerId, tree);
    if (verdict?.[0] === 'fork') return verdict;
    const kept = tree === undefined ? null : JSON.stringify(tree.frontier());
    this.#statements.of(KEEP).run(writerId, size, root, key, note, receivedAt, kept);
    return verdict;
  }

  /** The first key is believed; another one has to be vouched for, unless it begins a trail of its own. */
  #unknownKey(checkpoint: SignedCheckpoint, last: WitnessedRow | undefined, sender: string): Verdict | undefined {
    const { writerId, key, action, previous } = checkpoint;
    const keys = this.#keysFor([writerId, ...previous.map((link) => link.writerId)], sender);
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

  /** Keys of some writers, and of those that a sender is believed for. */
  #keysFor(writers: readonly string[], sender: string): readonly string[] {
    const sql = `SELECT DISTINCT key FROM witnessed WHERE writer_id IN (SELECT value FROM json_each(?))
      OR writer_id IN (SELECT writer_id FROM writer_senders WHERE sender = ? AND believed > 0)`;
    const rows = this.#statements.of(sql).all(JSON.stringify(writers), sender) as { key: string }[];
    return rows.map((row) => row.key);
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
  #compare({ writerId, size, root }: SignedCheckpoint): readonly [MerkleFrontier | undefined, Verdict | undefined] {
    const tree = this.#treeUpTo(writerId, size);
    // It covers less than what is removed.
    if (tree === undefined || tree.size > size) return [undefined, undefined];
    if (tree.size < size) {
      const missing = tree.size + 1;
      return [
        undefined,
        ['removed', `record ${missing} of writer ${writerId} is not here, but one of the ${size} that were signed`],
      ];
    }
    if (hashToBase64(tree.root()) === root) return [tree, undefined];
    return [
      undefined,
      [
        'fork',
        `the ${size} records of writer ${writerId} that are here are not those that were signed with root ${root}`,
      ],
    ];
  }
}

/**
 * The record of each number: what the owner brought, where there is any, else what another believed sender did; the checkpoint tells whether it is
 * the one that was signed.
 */
function onePerNumber(records: Iterable<WriterRecord>, rank: (sender: string) => number): Iterable<WriterRecord> {
  const chosen = new Map<number, WriterRecord>();
  for (const record of records) {
    const before = chosen.get(record.seq);
    if (before === undefined || rank(record.sender) < rank(before.sender)) chosen.set(record.seq, record);
  }
  return chosen.values();
}

/** The checkpoint in a record, where all bytes of the record follow from it. @param json - attacker-controlled */
function wholeCheckpoint(json: string): SignedCheckpoint | undefined {
  const frame = readFrame(json);
  const checkpoint = readCheckpoint(noteOf(frame?.value) ?? '');
  if (frame === undefined || checkpoint === undefined) return undefined;
  return checkpointRecord(checkpoint, frame.seq, frame.prev) === json ? checkpoint : undefined;
}
