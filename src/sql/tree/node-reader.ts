import { DenialError } from '../../errors.js';
import { isNode, type TreeNode } from './tree-node.js';

/** @throws DenialError `STATEMENT_UNKNOWN`, always */
export function refuseTree(what: string): never {
  throw new DenialError('STATEMENT_UNKNOWN', `not understood: ${what}`);
}

/**
 * Checks that a node has nothing that its reader does not look at: what is overlooked could name a table.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function expectOnly(node: TreeNode, what: string, ...known: readonly string[]): void {
  for (const [key, value] of Object.entries(node)) {
    if (!known.includes(key) && !isEmpty(value)) refuseTree(`${what} with ${key}`);
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return isNode(value) && Object.values(value).every(isEmpty);
}

/**
 * A child that may be absent.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is no node
 */
export function childOf(node: TreeNode, key: string): TreeNode | undefined {
  const value = node[key];
  if (value === null || value === undefined) return undefined;
  return isNode(value) ? value : refuseTree(key);
}

/**
 * A list of children; empty where it is absent.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is no list of nodes
 */
export function childrenOf(node: TreeNode, key: string): readonly TreeNode[] {
  const value = node[key];
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return refuseTree(key);
  return value.map((item: unknown) => (isNode(item) ? item : refuseTree(key)));
}

/**
 * A name, which the parser gives as a string or as a node that holds one.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is neither
 */
export function nameOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (isNode(value)) {
    if (typeof value['value'] === 'string') return value['value'];
    if (isNode(value['expr'])) return nameOf(value['expr']);
  }
  return refuseTree('a name');
}
