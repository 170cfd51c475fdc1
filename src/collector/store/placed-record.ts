import type { IncomingRecord } from '../ingest/incoming-record.js';

/** How a record came. */
export interface Arrival {
  /** RFC 3339, UTC; empty for what is not committed yet. */
  readonly receivedAt: string;
  readonly sender: string;
}

/** A record of a writer. */
export interface WriterRecord {
  readonly seq: number;
  readonly position: number;
  readonly sender: string;
}

/** A record that is held, and where. */
export interface PlacedRecord extends Arrival {
  readonly position: number;
  readonly record: IncomingRecord;
}

/** A record that came though its id was there. */
export interface RecordAgain {
  readonly record: IncomingRecord;
  /** With the same bytes. */
  readonly isSame: boolean;
  readonly sender: string;
}

/** A record with its writer's number. */
export interface NumberedRecord {
  readonly writerId: string;
  readonly seq: number;
  /** Others come before it. */
  readonly position: number;
  /** From one of whom others have to come. */
  readonly senders: readonly string[];
}

/** The records of writers that are held. */
export interface WriterRecords {
  /** The position of the first record that is held. */
  first(): number;
  /**
   * The id of a record that has a writer's number as well.
   * @param from - no file before that of this position is looked at, nor more than a few of the newest
   */
  rivalOf(number: NumberedRecord, from: number): string | undefined;
  /** A writer's records above one number and up to another, in their order. */
  ofWriter(writerId: string, above: number, upTo: number, from: number): Iterable<WriterRecord>;
  /** The bytes of the record of a position. */
  jsonOf(position: number): string;
}
