import type { Analysis, StatementKind, TableAccess, TableUse } from '../analysis.js';
import type { QualifiedName } from '../canonical/token-cursor.js';

/** An analysis with nothing in it but what is given. */
export function analysisOf(kind: StatementKind, operation: string, facts: Partial<Analysis> = {}): Analysis {
  return {
    kind,
    operation,
    tables: [],
    columns: [],
    functions: [],
    where: 'absent',
    compound: false,
    file: false,
    localInfile: false,
    problem: undefined,
    ...facts,
  };
}

/** What cannot be vouched for. `operation` still lets rules and records name it. */
export function unknownAnalysis(operation: string, problem: string): Analysis {
  return analysisOf('unknown', operation, { problem });
}

/** A table named outside of any query. */
export function tableUse(name: QualifiedName, access: TableAccess, namespace: string | undefined): TableUse {
  return { schema: name.schema ?? namespace, table: name.name, access, outermost: access === 'write' };
}
