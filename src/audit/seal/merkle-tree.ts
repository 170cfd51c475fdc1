import { hash } from 'node:crypto';

/** SHA-256 as 32 characters of one byte each: several times as fast to make as a Buffer, and small to keep. */
export type TreeHash = string;

const HASH_BYTES = 32;
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);
const EMPTY_ROOT = hash('sha256', '', 'binary');

/** A hash in base64, as it stands in a checkpoint. */
export const hashToBase64 = (value: TreeHash): string => Buffer.from(value, 'binary').toString('base64');

/** Reads what {@link hashToBase64} wrote; undefined where it is not just that. */
export function hashFromBase64(text: string): TreeHash | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === HASH_BYTES && bytes.toString('base64') === text ? bytes.toString('binary') : undefined;
}

/**
 * The hash of a leaf of which the bytes stand behind one byte that is free.
 * @param prefixed - that byte, which is written over, and the record
 */
export function leafHashInPlace(prefixed: Buffer): TreeHash {
  prefixed[0] = LEAF_PREFIX;
  return hash('sha256', prefixed, 'binary');
}

/** The hash of a leaf: SHA-256(0x00 ‖ record). */
export function leafHash(record: Buffer): TreeHash {
  const prefixed = Buffer.allocUnsafe(1 + record.length);
  record.copy(prefixed, 1);
  return leafHashInPlace(prefixed);
}

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  node.write(left, 1, 'latin1');
  node.write(right, 1 + HASH_BYTES, 'latin1');
  return hash('sha256', node, 'binary');
}

/** What a tree that only grows is known by: the roots of its full subtrees, the largest first; one for each bit of its size. */
export interface TreeFrontier {
  readonly size: number;
  /** Base64. */
  readonly roots: readonly string[];
}

/**
 * A Merkle tree to which leaves are appended, in memory of the logarithm of its size.
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1
 */
export class MerkleFrontier {
  readonly #roots: TreeHash[];
  #size: number;

  constructor(from: TreeFrontier = { size: 0, roots: [] }) {
    this.#size = from.size;
    this.#roots = from.roots.map((root) => Buffer.from(root, 'base64').toString('binary'));
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends a leaf: one inner node on average. */
  append(leaf: TreeHash): void {
    let top = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) top = nodeHash(this.#roots.pop() ?? '', top);
    this.#roots.push(top);
    this.#size += 1;
  }

  /** The root of the tree as it is now. */
  root(): TreeHash {
    let root = this.#roots.at(-1) ?? EMPTY_ROOT;
    for (let at = this.#roots.length - 2; at >= 0; at -= 1) root = nodeHash(this.#roots[at] ?? '', root);
    return root;
  }

  /** What it takes to go on from here. */
  frontier(): TreeFrontier {
    return { size: this.#size, roots: this.#roots.map(hashToBase64) };
  }
}

/** Whether there are as many roots as a tree of this size has. */
export function isFrontier({ size, roots }: TreeFrontier): boolean {
  const bits = [...size.toString(2)].filter((bit) => bit === '1').length;
  return roots.length === bits && roots.every((root) => hashFromBase64(root) !== undefined);
}
