import { nameOf, refuseTree } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';

/** A value of a Rust enum: `"Distinct"` or `{"Table": {…}}`. */
export interface Variant {
  readonly name: string;
  /** Undefined for a variant without fields. */
  readonly fields: unknown;
}

/**
 * Reads a value of an enum.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is none
 */
export function variantOf(value: unknown): Variant {
  if (typeof value === 'string') return { name: value, fields: undefined };
  const [entry, ...others] = isNode(value) ? Object.entries(value) : [];
  if (entry === undefined || others.length > 0) return refuseTree('a part of the statement');
  return { name: entry[0], fields: entry[1] };
}

/**
 * A value that has to be a node.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is none
 */
export function nodeOf(value: unknown, what: string): TreeNode {
  return isNode(value) ? value : refuseTree(what);
}

/** Items of a list, which may be absent. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : refuseTree('a list');
}

/** Whether an optional field is there. */
export function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** An identifier. */
export interface Ident {
  readonly name: string;
  readonly isQuoted: boolean;
}

/**
 * Reads an identifier.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is none
 */
export function identOf(value: unknown): Ident {
  if (!isNode(value) || !('quote_style' in value)) return refuseTree('a name');
  return { name: nameOf(value['value']) ?? refuseTree('an empty name'), isQuoted: isGiven(value['quote_style']) };
}

/** Whether an identifier is a user or system variable, which the parser takes for a name. */
export function isVariable({ name, isQuoted }: Ident): boolean {
  return !isQuoted && name.startsWith('@');
}

/**
 * Reads a name of parts with dots between them, of at least one part.
 * @throws DenialError `STATEMENT_UNKNOWN` where it is none
 */
export function objectNameOf(value: unknown): readonly Ident[] {
  const parts = itemsOf(value).map((part) => {
    const { name, fields } = variantOf(part);
    return name === 'Identifier' ? identOf(fields) : refuseTree('a part of a name');
  });
  return parts.length === 0 ? refuseTree('a name') : parts;
}
