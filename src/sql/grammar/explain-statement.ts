import type { Analysis } from '../analysis.js';
import { isName } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
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
  if (analysis.kind === 'unknown') return { ...analysis, operation: 'EXPLAIN' };
  if (runs) return { ...analysis, operation: 'EXPLAIN ANALYZE' };
  return {
    ...analysis,
    kind: 'explain',
    operation: 'EXPLAIN',
    tables: analysis.tables.map((table) => ({ ...table, access: 'read' })),
  };
}

function describeTable(cursor: TokenCursor, namespace: string | undefined): Analysis {
  const table = tableUse(cursor.qualifiedName(), 'read', namespace);
  const column = cursor.peek();
  if (column?.kind === 'literal' || isName(column)) cursor.take();
  cursor.expectEnd();
  return analysisOf('explain', 'DESCRIBE', { tables: [table] });
}
