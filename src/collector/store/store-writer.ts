import { statSync } from 'node:fs';
import { join } from 'node:path';

import { type IncomingRecord, readIncoming } from '../ingest/incoming-record.js';
import { type BatchProblem, readBatch, type RecordBatch } from '../ingest/read-batch.js';
import type { CheckedAlertRules } from '../alerts/alert-rules.js';
import { ACCESSES, AccessLog } from './access-log.js';
import { Ledger } from './ledger.js';
import { type Bounds, Partition } from './partition.js';
import { listPartitions, partitionAt, type PartitionFile, removePartition } from './partition-files.js';
import { PartitionPool } from './partition-pool.js';
import { holdFile, type SqliteDatabase } from './sqlite.js';
import type { NumberedRecord, PlacedRecord, RecordAgain, WriterRecord, WriterRecords } from './placed-record.js';
import { isTimely } from './record-id.js';
import type { Access, HeldRecord, StoreResult } from './record-store.js';
import type { WitnessFinding } from './witness-findings.js';

/** How a store is kept. */
export interface StoreLimits {
  /** After so many records, and with each day, a new partition begins. */
  readonly partitionRecords: number;
  /** Partitions are removed when their newest record came so many days ago; never where not given. */
  readonly keepDays?: number | undefined;
  /** Whether a partition is kept until its records are copied to an archive. */
  readonly isArchived?: boolean | undefined;
  /** What somebody is told of. */
  readonly alerts: CheckedAlertRules;
}

/** A partition that is not written to any more. */
interface Closed {
  readonly file: PartitionFile;
  /** Its timely ids lie between these; undefined where it has none. */
  readonly ids: Bounds | undefined;
  /** When its newest record came. */
  readonly lastReceivedAt: string | undefined;
}

/** A batch that was read. */
interface ReadBatch {
  readonly records: readonly IncomingRecord[];
  readonly sender: string;
}

/** What became of a batch. */
interface Taken {
  readonly fresh: PlacedRecord[];
  readonly conflicts: string[];
  /** What came again and is to be told of. */
  readonly again: readonly RecordAgain[];
  readonly records: number;
}

/** Each may be as long as a record may be. */
const CATCH_UP = 32;
const REPLAY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const DAY_CHARS = '2026-11-22'.length;
const LOCK = 'lock.db';
/** A second record of a number is looked for in so many: one that sends such has each of them looked at for each. */
const RIVAL_FILES = 8;
/** The file of what is made of the records. */
export const LEDGER = 'ledger.db';

/** Writes to a store: one at a time for a directory. */
export class StoreWriter implements WriterRecords {
  readonly #directory: string;
  readonly #limits: StoreLimits;
  readonly #lock: SqliteDatabase;
  readonly #ledger: Ledger;
  readonly #accesses: AccessLog;
  /** The oldest first. */
  readonly #closed: Closed[];
  readonly #pool = new PartitionPool();
  #file: PartitionFile;
  #current: Partition;
  #lastReceivedAt: string | undefined;
  #next: number;
  /** When something came first, since it was opened. */
  #startedAt: string | undefined;

  constructor(directory: string, limits: StoreLimits) {
    this.#directory = directory;
    this.#limits = limits;
    this.#lock = holdFile(join(directory, LOCK));
    this.#ledger = new Ledger(join(directory, LEDGER), this, limits.alerts);
    this.#accesses = new AccessLog(join(directory, ACCESSES));
    // A file without anything is what a crash has left of making one, or of reading one that was being removed.
    const [empty, files] = split(listPartitions(directory), ({ path }) => statSync(path).size === 0);
    for (const { path } of empty) removePartition(path);
    this.#file = files.pop() ?? partitionAt(directory, 1);
    this.#closed = files.map((file) => this.#closedOf(file));
    this.#current = Partition.toWrite(this.#file.path);
    this.#lastReceivedAt = this.#current.lastReceivedAt();
    this.#next = (this.#current.last() ?? this.#file.first - 1) + 1;
    this.#catchUp();
  }

  /** Stores batches in one commit: the answers are in their order. */
  store(batches: readonly RecordBatch[], now: Date = new Date()): (StoreResult | BatchProblem)[] {
    this.#catchUp();
    const receivedAt = now.toISOString();
    this.#startedAt ??= receivedAt;
    this.#turnPartition(receivedAt);
    const read = batches.map(readSafely);
    const from = this.#next;
    let taken: (Taken | BatchProblem)[];
    try {
      taken = this.#current.commit(() => {
        const all = read.map((one) => ('error' in one ? one : this.#take(one, receivedAt)));
        this.#noteArrival(from, freshOf(all), receivedAt);
        return all;
      });
    } catch (error) {
      this.#next = from;
      throw error;
    }
    this.#lastReceivedAt = receivedAt;
    const again = taken.flatMap((one) => ('error' in one ? [] : one.again));
    const findings = this.#ledger.apply(freshOf(taken), this.#next - 1, again, receivedAt);
    return taken.map((one) => ('error' in one ? one : resultOf(one, findings)));
  }

  /** Removes partitions that have been kept long enough. Returns how many. */
  removeOld(now: Date = new Date()): number {
    const { keepDays, isArchived = false } = this.#limits;
    if (keepDays === undefined) return 0;
    const before = new Date(now.getTime() - keepDays * DAY_MS).toISOString();
    let removed = 0;
    for (const { file, lastReceivedAt } of [...this.#closed]) {
      if ((lastReceivedAt ?? '') >= before) break;
      const next = this.#closed[1]?.file ?? this.#file;
      if (isArchived && this.#ledger.archived() < next.first - 1) break;
      this.#closed.shift();
      this.#pool.forget(file);
      removePartition(file.path);
      removed += 1;
    }
    if (removed > 0) this.#ledger.removeBefore(this.first());
    this.#accesses.removeBefore(before);
    return removed;
  }

  noteArchived(position: number): void {
    this.#ledger.noteArchived(position);
  }

  alertTold(position: number): void {
    this.#ledger.alertTold(position);
  }

  noteAccess(access: Access): void {
    this.#accesses.add(access);
  }

  first(): number {
    return (this.#closed[0]?.file ?? this.#file).first;
  }

  rivalOf(number: NumberedRecord, from: number): string | undefined {
    const files = this.#closedFrom(from).slice(-RIVAL_FILES);
    for (const partition of [this.#current, ...files.map((file) => this.#pool.of(file))]) {
      const rival = partition.rivalOf(number);
      if (rival !== undefined) return rival;
    }
    return undefined;
  }

  ofWriter(writerId: string, above: number, upTo: number, from: number): Iterable<WriterRecord> {
    const found = [...this.#from(from)].flatMap((partition) => partition.ofWriter(writerId, above, upTo));
    return found.sort((one, other) => one.seq - other.seq);
  }

  jsonOf(position: number): string {
    return this.#partitionAt(position).jsonOf(position);
  }

  close(): void {
    this.#ledger.close();
    this.#accesses.close();
    this.#pool.close();
    this.#current.close();
    this.#lock.close();
  }

  /** The files that hold positions from one on and are not written to any more, the oldest first. */
  #closedFrom(position: number): readonly PartitionFile[] {
    const files = this.#closed.map(({ file }) => file);
    return files.filter((_file, at) => (files[at + 1] ?? this.#file).first > position);
  }

  /** The partitions that hold positions from one on, the oldest first. */
  *#from(position: number): Generator<Partition, undefined> {
    for (const file of this.#closedFrom(position)) yield this.#pool.of(file);
    yield this.#current;
    return undefined;
  }

  /** The partition that holds a position, or the next one where that was removed. */
  #partitionAt(position: number): Partition {
    const { value } = this.#from(position).next();
    return value ?? this.#current;
  }

  #take({ records, sender }: ReadBatch, receivedAt: string): Taken {
    const senderNo = this.#current.senderNo(sender);
    const fresh: PlacedRecord[] = [];
    const conflicts: string[] = [];
    const again: RecordAgain[] = [];
    for (const record of records) {
      const before = this.#findBefore(record.id);
      if (before === undefined && this.#current.insert(this.#next, record, senderNo)) {
        fresh.push({ position: this.#next, record, receivedAt, sender });
        this.#next += 1;
        continue;
      }
      const held = before ?? this.#current.find(record.id);
      const isSame = held?.json === record.json;
      if (!isSame) {
        this.#current.addConflict(record.id, receivedAt, record.json);
        conflicts.push(record.id);
      }
      if (held === undefined) continue;
      if (!isSame || this.#isReplay(held, receivedAt)) again.push({ record: heldOr(record, held), isSame, sender });
    }
    return { fresh, conflicts, again, records: records.length };
  }

  /**
   * Whether what was stored at a time is not sent again for want of an answer: that comes within the hour, of a writer or a collector that was killed
   * meanwhile, however long the collector was away.
   */
  #isReplay({ receivedAt: before }: HeldRecord, receivedAt: string): boolean {
    const sinceMs = Math.max(Date.parse(before), Date.parse(this.#startedAt ?? receivedAt));
    return Date.parse(receivedAt) - sinceMs > REPLAY_MS;
  }

  /** The record of an id in the partitions before this one: of those few whose time it is of, or where it is known to be. */
  #findBefore(id: string): HeldRecord | undefined {
    const odd = this.#ledger.oddPosition(id);
    if (odd !== undefined) return this.#partitionAt(odd).find(id);
    for (const { file, ids } of this.#closed) {
      if (ids === undefined || id < ids.min || id > ids.max) continue;
      const found = this.#pool.of(file).find(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #noteArrival(first: number, fresh: readonly PlacedRecord[], receivedAt: string): void {
    const last = fresh.at(-1)?.position;
    if (last === undefined) return;
    const atMs = Date.parse(receivedAt);
    const times = boundsOf(fresh, ({ record: { time } }) => time);
    const ids = boundsOf(fresh, ({ record: { id } }) => (isTimely(id, atMs) ? id : null));
    this.#current.addArrival({ first, last }, receivedAt, times, ids);
  }

  #turnPartition(receivedAt: string): void {
    const day = (time: string): string => time.slice(0, DAY_CHARS);
    const isFull = this.#next - this.#file.first >= this.#limits.partitionRecords;
    const isOfAnotherDay = this.#lastReceivedAt !== undefined && day(this.#lastReceivedAt) !== day(receivedAt);
    if ((!isFull && !isOfAnotherDay) || this.#next === this.#file.first) return;
    this.#ledger.noteTurn(this.#next, this.#current.writers());
    const file = partitionAt(this.#directory, this.#next);
    const next = Partition.toWrite(file.path);
    this.#current.close();
    this.#closed.push(this.#closedOf(this.#file));
    this.#file = file;
    this.#current = next;
    this.removeOld(new Date(receivedAt));
  }

  #closedOf(file: PartitionFile): Closed {
    const partition = this.#pool.of(file);
    return { file, ids: partition.timelyIds(), lastReceivedAt: partition.lastReceivedAt() };
  }

  /** Applies what was stored and, because of a crash, not applied: from every partition that holds some of it. */
  #catchUp(): void {
    const all = { since: undefined, until: undefined, match: undefined, rows: undefined };
    let applied = this.#ledger.applied();
    if (applied >= this.#next - 1) return;
    for (const partition of this.#from(applied + 1)) {
      for (;;) {
        const stored = partition.read(all, { first: applied + 1, last: this.#next }, 'asc', CATCH_UP);
        const last = stored.at(-1)?.position;
        if (last === undefined) break;
        const placed = stored.flatMap(({ position, json }) => {
          const record = readIncoming(json);
          return typeof record === 'string' ? [] : [{ position, record, ...partition.arrivalOf(position) }];
        });
        this.#ledger.apply(placed, last);
        applied = last;
      }
      if (partition !== this.#current) this.#ledger.noteTurn(applied + 1, partition.writers());
    }
  }
}

/** What is wrong with one batch does not keep the others from being stored. */
function readSafely(batch: RecordBatch): ReadBatch | BatchProblem {
  try {
    const records = readBatch(batch);
    return 'error' in records ? records : { records, sender: batch.sender };
  } catch {
    return { statusCode: 422, error: 'the batch cannot be read' };
  }
}

/** Those for which something holds, and the others. */
function split<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

/** The least and the greatest of some texts; undefined where there are none. */
function boundsOf(fresh: readonly PlacedRecord[], textOf: (one: PlacedRecord) => string | null): Bounds | undefined {
  let bounds: { min: string; max: string } | undefined;
  for (const one of fresh) {
    const text = textOf(one);
    if (text === null) continue;
    if (bounds === undefined) bounds = { min: text, max: text };
    else if (text < bounds.min) bounds.min = text;
    else if (text > bounds.max) bounds.max = text;
  }
  return bounds;
}

/** What is known of a record that is held: what another one with its id says of its writer may be anything. */
function heldOr(record: IncomingRecord, { json }: HeldRecord): IncomingRecord {
  const held = record.json === json ? record : readIncoming(json);
  return typeof held === 'string' ? record : held;
}

/** The records of batches that are new. */
function freshOf(taken: readonly (Taken | BatchProblem)[]): PlacedRecord[] {
  return taken.flatMap((one) => ('error' in one ? [] : one.fresh));
}

function resultOf({ fresh, conflicts, again, records }: Taken, findings: readonly WitnessFinding[]): StoreResult {
  const ids = new Set([...fresh, ...again].map(({ record }) => record.id));
  return {
    stored: fresh.length,
    duplicates: records - fresh.length - conflicts.length,
    conflicts,
    findings: findings.filter(({ id }) => ids.has(id)),
  };
}
