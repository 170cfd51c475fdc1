import type { Preset } from '../suite.js';
import { whyRefused } from './exceptions.js';

/** The narrowest preset that should allow a statement, and why, where that is none. */
export interface Expected {
  readonly preset: Preset;
  readonly why?: string;
}

const DEFINES = /^(?:CREATE|ALTER|DROP|RENAME|TRUNCATE|COMMENT|OPTIMIZE)\b/i;
const WRITES = /^(?:INSERT|REPLACE|UPDATE|DELETE)\b/i;
const WRITES_BEHIND_WITH = /^WITH\b.*\)\s*(?:UPDATE|DELETE|INSERT)\b/is;
const LOCKS = /\bFOR\s+(?:UPDATE|SHARE)\b|\bLOCK\s+IN\s+SHARE\s+MODE\b/i;
const BEGINS_WRITES = /^(?:START|SET(?:\s+SESSION)?)\s+TRANSACTION\b.*\bREAD\s+WRITE\b/i;
// Only who changes the schema or loads a whole dump has to switch checks off.
const SWITCHES_CHECKS = /^SET\b.*\b(?:foreign_key_checks|unique_checks)\b/i;

const NAMED_LOCKS = /\b(?:GET_LOCK|RELEASE_LOCK|RELEASE_ALL_LOCKS)\s*\(/i;
const CHANGES = /^(?:WITH\b.*\b)?(?:UPDATE|DELETE)\b/is;
const BOUNDS = /\bWHERE\b(?!\s+(?:1|true)\s*(?:$|=\s*1))/i;

/** What migrations may do beside definitions: write whole tables, and keep others of their kind out. */
function isForMigrations(sql: string): boolean {
  return NAMED_LOCKS.test(sql) || (CHANGES.test(sql) && !BOUNDS.test(sql));
}

/** Judges by the verb, on purpose without the analysis that is to be tested. */
export function expectedOf(sql: string): Expected {
  const plain = sql.replace(/^(?:\s|\/\*(?![!M]).*?\*\/|--\s[^\n]*\n|\()+/s, '');
  const why = whyRefused(plain);
  if (why !== undefined) return { preset: 'none', why };
  if (DEFINES.test(plain) || SWITCHES_CHECKS.test(plain) || isForMigrations(plain)) return { preset: 'migration' };
  const isBounded = [WRITES, WRITES_BEHIND_WITH, LOCKS, BEGINS_WRITES].some((pattern) => pattern.test(plain));
  return { preset: isBounded ? 'bounded' : 'readOnly' };
}
