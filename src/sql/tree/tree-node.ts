/** A node of a parser's tree: nothing about it is known. */
export type TreeNode = Readonly<Record<string, unknown>>;

/** Whether a value is a node. */
export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
