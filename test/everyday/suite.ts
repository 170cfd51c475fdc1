/** The suite of everyday statements: one file of JSON lines for each source. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The presets of the policy, from narrow to wide; `none` is for what each of them should refuse. */
export type Preset = 'readOnly' | 'bounded' | 'migration' | 'none';

/** A server that a statement was captured from. */
export type SuiteFlavour = 'mysql' | 'mariadb';

/** One statement that a library or a program sends. */
export interface EverydayStatement {
  readonly sql: string;
  readonly source: string;
  /** The narrowest preset that should allow it. */
  readonly preset: Preset;
  /** Why no preset should; there with `none` only. */
  readonly why?: string;
  /** The command that brought it. Absent for COM_QUERY. */
  readonly command?: 'prepare';
  /** The only server that got it. Absent for both. */
  readonly flavour?: SuiteFlavour;
  /** Absent for {@link DEFAULT_SQL_MODES}. */
  readonly sql_mode?: string;
  /** The default schema; absent where none was selected. */
  readonly schema?: string;
}

/** What a session has that says nothing of `sql_mode`, but is mysql2's: that sets IGNORE_SPACE. */
export const DEFAULT_SQL_MODES: Readonly<Record<SuiteFlavour, string>> = {
  mariadb: 'IGNORE_SPACE,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  mysql:
    'IGNORE_SPACE,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
};

/** The folder of the suite. */
export const SUITE_FOLDER: string = import.meta.dirname;

/** Reads every source, in the order of its name. */
export function readSuite(): readonly EverydayStatement[] {
  const files = readdirSync(SUITE_FOLDER).filter((file) => file.endsWith('.jsonl'));
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(SUITE_FOLDER, file), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => statementIn(line, basename(file, '.jsonl')));
  });
}

function statementIn(line: string, source: string): EverydayStatement {
  const statement = JSON.parse(line) as EverydayStatement;
  if (statement.source !== source) throw new Error(`${source}.jsonl holds a statement of ${statement.source}`);
  return statement;
}
