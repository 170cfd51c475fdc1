import { leafHashInPlace, MerkleFrontier, type TreeFrontier, type TreeHash } from '../seal/merkle-tree.js';
import type { RecordTree } from './record-stream.js';

/** The Merkle tree over the records of one journal, and how many of them no checkpoint covers. */
export class JournalTree implements RecordTree {
  #tree: MerkleFrontier;
  #uncovered = 0;

  /** @param frontier - of the tree over what was delivered in former lives of the journal */
  constructor(frontier: TreeFrontier) {
    this.#tree = new MerkleFrontier(frontier);
  }

  /** Records so far. */
  get size(): number {
    return this.#tree.size;
  }

  /** Records after the last checkpoint, checkpoints not counted. */
  get uncovered(): number {
    return this.#uncovered;
  }

  root(): TreeHash {
    return this.#tree.root();
  }

  frontier(): TreeFrontier {
    return this.#tree.frontier();
  }

  /** Takes a record, once: what one transport has merged comes again from the others. */
  add(seq: number, prefixed: Buffer, isCheckpoint: boolean): void {
    if (seq !== this.#tree.size + 1) return;
    this.#tree.append(leafHashInPlace(prefixed));
    if (!isCheckpoint) this.#uncovered += 1;
  }

  /** Takes over a tree that was made elsewhere, where it is larger. @param uncovered - how many of its records are new, checkpoints not counted */
  advance(frontier: TreeFrontier, uncovered: number): void {
    if (frontier.size <= this.#tree.size) return;
    this.#tree = new MerkleFrontier(frontier);
    this.#uncovered += uncovered;
  }

  /** A checkpoint covers all. @returns how many it is the first for */
  cover(): number {
    const uncovered = this.#uncovered;
    this.#uncovered = 0;
    return uncovered;
  }

  /** The checkpoint could not be made: it is tried again when the next one is due. */
  uncover(): void {
    this.#uncovered += 1;
  }
}
