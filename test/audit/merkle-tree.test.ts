import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  rootFromInclusion,
} from '../../src/audit/seal/merkle-proof.js';
import { hashToBase64, isFrontier, leafHash, MerkleFrontier, nodeHash } from '../../src/audit/seal/merkle-tree.js';
import { isSignedBy, parseSignedNote } from '../../src/audit/seal/signed-note.js';

/** The inputs and roots that Certificate Transparency's own tests use, hexadecimal. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots are those of Certificate Transparency', () => {
  const tree = new MerkleFrontier();
  expect(Buffer.from(tree.root(), 'latin1').toString('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  for (const [index, input] of INPUTS.entries()) {
    tree.append(leafHash(Buffer.from(input, 'hex')));
    expect(Buffer.from(tree.root(), 'latin1').toString('hex')).toBe(ROOTS[index]);
  }
});

const leaves = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from(String(index))));
const leafAt = (index: number): string => leaves[index] ?? '';
const rootAt = (size: number): string => {
  const tree = new MerkleFrontier();
  for (const leaf of leaves.slice(0, size)) tree.append(leaf);
  return tree.root();
};

test('every leaf of every tree is proved to be in it, and no other leaf, place or hash is', () => {
  for (let size = 1; size <= leaves.length; size += 1) {
    const root = rootAt(size);
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionProof(leafAt, index, size);
      expect(rootFromInclusion(leafAt(index), index, size, proof)).toBe(root);
      expect(rootFromInclusion(nodeHash(leafAt(index), root), index, size, proof)).not.toBe(root);
      expect(rootFromInclusion(leafAt(index), index, size, [...proof, root])).not.toBe(root);
      if (proof.length > 0) expect(rootFromInclusion(leafAt(index), index, size, proof.slice(1))).not.toBe(root);
    }
  }
});

test('every tree is proved to go on from every smaller one, and from no other', () => {
  for (let size = 1; size <= leaves.length; size += 1) {
    for (let oldSize = 1; oldSize <= size; oldSize += 1) {
      const [old, now] = [
        { size: oldSize, root: rootAt(oldSize) },
        { size, root: rootAt(size) },
      ];
      const proof = consistencyProof(leafAt, oldSize, size);
      expect(isConsistent(old, now, proof)).toBe(true);
      expect(isConsistent({ ...old, root: leafAt(69) }, now, proof)).toBe(false);
      expect(isConsistent(old, { ...now, root: leafAt(69) }, proof)).toBe(false);
    }
  }
});

test('a tree goes on from its frontier', () => {
  fc.assert(
    fc.property(fc.nat(70), (cut) => {
      const first = new MerkleFrontier();
      for (const leaf of leaves.slice(0, cut)) first.append(leaf);
      const frontier = first.frontier();
      expect(isFrontier(frontier)).toBe(true);
      const second = new MerkleFrontier(JSON.parse(JSON.stringify(frontier)) as typeof frontier);
      for (const leaf of leaves.slice(cut)) second.append(leaf);
      expect(hashToBase64(second.root())).toBe(hashToBase64(rootAt(70)));
      expect(isFrontier({ ...frontier, size: frontier.size * 2 + 1 })).toBe(false);
    }),
  );
});

// The example in the documentation of golang.org/x/mod/sumdb/note.
const GO_NOTE =
  'If you think cryptography is the answer to your problem,\nthen you don\u2019t know what your problem is.\n\n' +
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const GO_KEY = createPublicKey({
  key: Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64').subarray(1),
  ]),
  format: 'der',
  type: 'spki',
});

test('a signed note that another program made is understood, and only in the one spelling', () => {
  for (const text of [GO_NOTE, GO_NOTE.replace('don\u2019t', "don't")]) {
    const note = parseSignedNote(text);
    if (note !== undefined && isSignedBy(note, 'PeterNeumann', GO_KEY)) {
      expect(isSignedBy(note, 'Peter', GO_KEY)).toBe(false);
      expect(isSignedBy(note, 'PeterNeumann', generateKeyPairSync('ed25519').publicKey)).toBe(false);
      expect(isSignedBy({ ...note, text: `${note.text} ` }, 'PeterNeumann', GO_KEY)).toBe(false);
      expect(parseSignedNote(text.replace('JnAM=', 'JnAN='))).toBeUndefined();
      expect(parseSignedNote(text.slice(0, -1))).toBeUndefined();
      return;
    }
  }
  throw new Error('the note was not understood');
});
