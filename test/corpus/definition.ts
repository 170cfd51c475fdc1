/** The definition of a table, to make the table again when a statement needs it. */
export interface Definition {
  readonly table: string;
  /** What follows the table's name. */
  readonly rest: string;
}

const HEAD =
  /^\s*create\s+(?:or\s+replace\s+)?(?:temporary\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:(?:`[^`]+`|\w+)\s*\.\s*)?(`[^`]+`|\w+)\s*(?=\()/i;
// Places outside of the server, other servers, and tables that other tables have to be there for.
const UNSAFE = /\b(?:directory|connection|select|like|union|references|encrypted|page_compressed)\b/i;
const ENGINE = /\b(?:storage\s+)?engine\s*=?\s*['"`]?\w+['"`]?/gi;

/** The definition that a statement is; undefined for any other, and for one that needs more than the server. */
export function definitionIn(sql: string): Definition | undefined {
  const head = HEAD.exec(sql);
  if (head === null || UNSAFE.test(sql)) return undefined;
  const [whole, name = ''] = head;
  return { table: name.replaceAll('`', ''), rest: sql.slice(whole.length).replaceAll(ENGINE, '') };
}
