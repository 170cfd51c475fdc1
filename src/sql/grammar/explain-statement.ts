import type { Analysis } from '../analysis.js';
import { isName, lowerCase } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { isReserved } from '../tree/reserved-words.js';
import { analysisOf, tableUse } from './analysis-of.js';

const EXPLAINABLE = ['SELECT', 'WITH', '(', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE'];

/** Analyses the statement that begins where the cursor stands. */
export type InnerAnalyser = (cursor: TokenCursor) => Analysis;

/**
 * EXPLAIN, DESCRIBE and DESC of a table or a statement, and ANALYZE (MariaDB), which runs it.
 * @param cursor on the verb
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/explain.html
 */
export function explainStatement(cursor: TokenCursor, namespace: string | undefined, inner: InnerAnalyser): Analysis {
  const verb = cursor.acceptOneOf('EXPLAIN', 'DESCRIBE', 'DESC', 'ANALYZE');
  const runs = cursor.accept('ANALYZE') || verb === 'ANALYZE';
  cursor.acceptOneOf('EXTENDED', 'PARTITIONS');
  if (cursor.accept('FORMAT', '=')) cursor.name();
  const isStatement = EXPLAINABLE.some((word) => cursor.sees(word));
  if (!isStatement) return runs ? cursor.refuse('a statement') : describeTable(cursor, namespace);
  const analysis = inner(cursor);
  // Rules judge it as what it does.
  if (runs) return { ...analysis, explains: true };
  if (analysis.kind === 'unknown') return { ...analysis, operation: 'EXPLAIN' };
  return {
    ...analysis,
    kind: 'explain',
    operation: 'EXPLAIN',
    tables: analysis.tables.map((table) => ({ ...table, access: 'read' })),
  };
}

function describeTable(cursor: TokenCursor, namespace: string | undefined): Analysis {
  // EXPLAIN TABLE, VALUES, FOR and INTO explain what is not understood here: none of them is the name of a table.
  const first = cursor.peek();
  if (first?.kind === 'word' && isReserved(lowerCase(first.text))) cursor.refuse('a table');
  const table = tableUse(cursor.qualifiedName(), 'read', namespace);
  const column = cursor.peek();
  if (column?.kind === 'literal' || isName(column)) cursor.take();
  cursor.expectEnd();
  return analysisOf('explain', 'DESCRIBE', { tables: [table] });
}
