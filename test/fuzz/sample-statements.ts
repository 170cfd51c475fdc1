/** The statements that the tests of the analysis are about, for the fuzzer and the bench. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const FOLDER = new URL('../sql/', import.meta.url);

/** The SQL of every row of the tables of statements in `test/sql`. They are read from the source, since a test file cannot be imported. */
export function sampleStatements(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^statements-.*\.test\.ts$/.test(name))
    .flatMap((name) => [...rowsOf(readFileSync(new URL(name, FOLDER), 'utf8'))]);
}

/** The attacks of `test/sql/attacks.json`. */
export function sampleAttacks(): readonly string[] {
  const attacks: unknown = JSON.parse(readFileSync(new URL('attacks.json', FOLDER), 'utf8'));
  return (attacks as readonly { readonly sql: string }[]).map(({ sql }) => sql);
}

/** First elements of the rows of `const … : readonly StatementRow[] = [ … ]`. */
function* rowsOf(source: string): Generator<string> {
  for (const statement of ts.createSourceFile('rows.ts', source, ts.ScriptTarget.ES2023).statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { initializer } of statement.declarationList.declarations) {
      if (initializer === undefined || !ts.isArrayLiteralExpression(initializer)) continue;
      for (const row of initializer.elements) {
        const first = ts.isArrayLiteralExpression(row) ? row.elements[0] : undefined;
        if (first !== undefined && ts.isStringLiteralLike(first)) yield first.text;
      }
    }
  }
}
