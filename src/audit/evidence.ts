/**
 * What other programs than the writer need to check checkpoints.
 *
 * @module
 */

export { checkpointRecord, noteOf, readCheckpoint, type SignedCheckpoint } from './seal/checkpoint.js';
export { hashToBase64, leafHash, MerkleFrontier, type TreeFrontier } from './seal/merkle-tree.js';
export { isSignedWith } from './verify/key-trust.js';
export { readFrame } from './verify/record-frame.js';
