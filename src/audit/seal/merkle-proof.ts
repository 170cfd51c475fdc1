import { nodeHash, type TreeHash } from './merkle-tree.js';

/** Gives the hash of a leaf, counted from 0. */
export type LeafAt = (index: number) => TreeHash;

/** The largest power of two below a number of leaves. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function rootOf(leafAt: LeafAt, start: number, end: number): TreeHash {
  if (end - start === 1) return leafAt(start);
  const split = start + splitOf(end - start);
  return nodeHash(rootOf(leafAt, start, split), rootOf(leafAt, split, end));
}

/**
 * The hashes that lead from a leaf to the root.
 * @param index - of the leaf, from 0, below `size`
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.1
 */
export function inclusionProof(leafAt: LeafAt, index: number, size: number): TreeHash[] {
  const proof: TreeHash[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + splitOf(end - start);
    if (index < split) {
      proof.unshift(rootOf(leafAt, split, end));
      end = split;
    } else {
      proof.unshift(rootOf(leafAt, start, split));
      start = split;
    }
  }
  return proof;
}

/**
 * The root that a proof of inclusion leads to; undefined where it is too short or too long for the size.
 * @param proof - attacker-controlled
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
 */
export function rootFromInclusion(
  leaf: TreeHash,
  index: number,
  size: number,
  proof: readonly TreeHash[],
): TreeHash | undefined {
  if (index < 0 || index >= size) return undefined;
  let [first, last, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (first % 2 === 1 || first === last) {
      root = nodeHash(sibling, root);
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, sibling);
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/**
 * The hashes that show that a tree only grew.
 * @param oldSize - from 1 to `size`
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.1
 */
export function consistencyProof(leafAt: LeafAt, oldSize: number, size: number): TreeHash[] {
  const proof: TreeHash[] = [];
  let [start, end, isWhole] = [0, size, true];
  while (end !== oldSize) {
    const split = start + splitOf(end - start);
    if (oldSize <= split) {
      proof.unshift(rootOf(leafAt, split, end));
      end = split;
    } else {
      proof.unshift(rootOf(leafAt, start, split));
      start = split;
      isWhole = false;
    }
  }
  return isWhole ? proof : [rootOf(leafAt, start, end), ...proof];
}

/**
 * Whether a tree of `size` leaves with `root` goes on from one of `oldSize` leaves with `oldRoot`.
 * @param proof - attacker-controlled
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
 */
export function isConsistent(
  old: { readonly size: number; readonly root: TreeHash },
  now: { readonly size: number; readonly root: TreeHash },
  proof: readonly TreeHash[],
): boolean {
  if (old.size < 1 || old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && old.root === now.root;
  const isPowerOfTwo = Number.isInteger(Math.log2(old.size));
  const [seed, ...rest] = isPowerOfTwo ? [old.root, ...proof] : proof;
  if (seed === undefined) return false;
  let [first, last, oldRoot, root] = [old.size - 1, now.size - 1, seed, seed];
  while (first % 2 === 1) [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      root = nodeHash(sibling, root);
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, sibling);
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldRoot === old.root && root === now.root;
}
