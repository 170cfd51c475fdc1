import type { StatementRecord } from '../../src/audit/index.js';
import type { GeneralLogEntry } from '../database/general-log.js';
import { executedStatements, MARK } from './executed-statements.js';

/** How the records and the server's own log differ. */
export interface Differences {
  /** How many statements the server executed. */
  readonly executed: number;
  /** How many of the records say that nobody knows how the statement ended. */
  readonly unknown: number;
  /** Executed, and without a record. */
  readonly missing: readonly string[];
  /** Said to have run, and not executed. */
  readonly invented: readonly string[];
  /** Ids that several records have. */
  readonly repeated: readonly string[];
}

/** Lays the records of a load beside the server's general log. */
export function differences(log: readonly GeneralLogEntry[], records: readonly StatementRecord[]): Differences {
  const executed = counts(executedStatements(log));
  const recorded = counts(records.filter(({ outcome }) => outcome.status !== 'denied').map(markIn));
  const certain = counts(records.filter(({ outcome }) => /^(?:ok|error)$/.test(outcome.status)).map(markIn));
  const more = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): string[] =>
    [...one].filter(([mark, count]) => (other.get(mark) ?? 0) < count).map(([mark]) => mark);
  return {
    executed: [...executed.values()].reduce((sum, count) => sum + count, 0),
    unknown: records.filter(({ outcome }) => outcome.status === 'unknown').length,
    missing: more(executed, recorded),
    invented: more(certain, executed),
    repeated: [...counts(records.map(({ id }) => id))].filter(([, count]) => count > 1).map(([id]) => id),
  };
}

/** The command and the mark of a record's statement. */
export function markIn({ statement }: StatementRecord): string {
  const mark = MARK.exec(`${statement.text} ${JSON.stringify(statement.parameters ?? [])}`);
  return `${statement.command} ${mark?.[0] ?? statement.text}`;
}

function counts(list: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const item of list) found.set(item, (found.get(item) ?? 0) + 1);
  return found;
}
