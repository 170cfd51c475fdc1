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

/** The records of writers that are held. */
export interface WriterRecords {
  /**
   * The id of a record before a position that has a writer's number, and came from one of some senders.
   * @param from - the position of the writer's first record: no file before it is looked at
   */
  rivalOf(
    writerId: string,
    seq: number,
    position: number,
    senders: readonly string[],
    from: number,
  ): string | undefined;
  /** A writer's records above one number and up to another, in their order. */
  ofWriter(writerId: string, above: number, upTo: number, from: number): Iterable<WriterRecord>;
  /** The bytes of the record of a position. */
  jsonOf(position: number): string;
}
