import type { DeliveryCursor } from '../delivery-cursor.js';
import type { JournalPlace } from '../journal-directory.js';
import type { TreeFrontier } from '../seal/merkle-tree.js';
import type { BatchLimits } from './record-stream.js';

/** What the thread that merges is asked. */
export type MergeRequest =
  | {
      readonly kind: 'open';
      readonly stream: number;
      readonly place: JournalPlace;
      readonly cursor: DeliveryCursor;
      /** Of the journal's tree, where the thread does not know the journal. */
      readonly tree: TreeFrontier;
    }
  | {
      readonly kind: 'next';
      readonly stream: number;
      readonly limits: BatchLimits;
      /** Numbers of segments and bytes of them that may be read, in order. */
      readonly sizes: readonly (readonly [number, number])[];
      readonly sealed: boolean;
    }
  | { readonly kind: 'close'; readonly stream: number };

/** A batch on its way between threads. */
export interface MergedBatch {
  /** Memory that the other side does not know, by number. It is written over by the next batch; what is larger than a slab's is not used again. */
  readonly newPieces: ReadonlyMap<number, SharedArrayBuffer>;
  /** For each record, the number of its piece of memory, where it begins there, and its length. */
  readonly spans: Uint32Array;
  readonly damaged: readonly Uint8Array[];
  readonly firstSeq: number;
  readonly cursor: DeliveryCursor;
  readonly full: boolean;
  /** Records that are new in the tree, checkpoints not counted. */
  readonly uncovered: number;
}
