import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SQL_MODES, SUITE_FOLDER, type EverydayStatement, type SuiteFlavour } from '../suite.js';
import { distinctKey, stable } from './normalise.js';
import { expectedOf } from './preset-of.js';
import type { Recorded } from './recorder.js';

/** What one source sent to one server. */
export interface Capture {
  readonly flavour: SuiteFlavour;
  readonly recorded: readonly Recorded[];
}

/**
 * Writes a source's file: each statement once, and for both servers where both got it.
 * @returns how many there are
 */
export function writeSource(source: string, captures: readonly Capture[]): number {
  const statements = new Map<string, EverydayStatement>();
  for (const { flavour, recorded } of captures) {
    for (const one of recorded) {
      const statement = statementOf(source, flavour, one);
      const key = distinctKey(statement.sql);
      const known = statements.get(key);
      if (known === undefined) statements.set(key, statement);
      else if (known.flavour !== undefined && known.flavour !== flavour && isSameState(known, statement)) {
        statements.set(key, withoutFlavour(known));
      }
    }
  }
  const lines = [...statements.values()].map((statement) => JSON.stringify(statement));
  writeFileSync(join(SUITE_FOLDER, `${source}.jsonl`), `${lines.join('\n')}\n`);
  return lines.length;
}

function statementOf(source: string, flavour: SuiteFlavour, recorded: Recorded): EverydayStatement {
  const sql = stable(recorded.sql);
  return {
    sql,
    source,
    ...expectedOf(sql),
    ...(recorded.command === 'prepare' && { command: recorded.command }),
    flavour,
    ...(recorded.sqlMode !== DEFAULT_SQL_MODES[flavour] && { sql_mode: recorded.sqlMode }),
    ...(recorded.schema !== undefined && { schema: recorded.schema }),
  };
}

// Modes of the servers differ in what does not matter here, and the words of the text are the same.
function isSameState(one: EverydayStatement, other: EverydayStatement): boolean {
  return (one.sql_mode === undefined) === (other.sql_mode === undefined) && one.schema === other.schema;
}

function withoutFlavour(statement: EverydayStatement): EverydayStatement {
  const entries = Object.entries(statement).filter(([name]) => name !== 'flavour');
  return Object.fromEntries(entries) as unknown as EverydayStatement;
}
