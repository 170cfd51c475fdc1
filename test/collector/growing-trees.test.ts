import { expect, test } from 'vitest';

import { leafHash, MerkleFrontier } from '../../src/audit/evidence.js';
import { GrowingTrees } from '../../src/collector/store/growing-trees.js';

const treeOf = (...records: string[]): MerkleFrontier => {
  const tree = new MerkleFrontier();
  for (const record of records) tree.append(leafHash(Buffer.from(record)));
  return tree;
};

test('a tree grows with the records that follow it, and is of no other size', () => {
  const trees = new GrowingTrees();
  trees.append('w', 1, 'unknown');
  expect(trees.of('w', 1)).toBeUndefined();
  trees.begin('w', treeOf('a', 'b'));
  trees.append('w', 3, 'c');
  expect(trees.of('w', 3)?.root()).toBe(treeOf('a', 'b', 'c').root());
  expect([trees.of('w', 2), trees.of('w', 4), trees.of('other', 3)]).toEqual([undefined, undefined, undefined]);
});

test('a gap, a number that comes twice, an end and a failure have the records read again', () => {
  const trees = new GrowingTrees();
  for (const seq of [2, 4]) {
    trees.begin('w', treeOf('a', 'b'));
    trees.append('w', seq, 'x');
    trees.append('w', 3, 'c');
    expect([2, 3, 4].map((size) => trees.of('w', size))).toEqual([undefined, undefined, undefined]);
  }
  trees.begin('w', treeOf('a'));
  trees.end('w');
  expect(trees.of('w', 1)).toBeUndefined();
  trees.begin('w', treeOf('a'));
  trees.forget();
  expect(trees.of('w', 1)).toBeUndefined();
});
