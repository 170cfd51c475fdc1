import type { GeneralLogEntry } from '../database/general-log.js';

/** The mark of a statement of the load. */
export const MARK: RegExp = /m-\w+-\d+-\d/;

const COMMANDS: Readonly<Record<string, string>> = {
  Query: 'COM_QUERY',
  Prepare: 'COM_STMT_PREPARE',
  Execute: 'COM_STMT_EXECUTE',
};

/**
 * What the server says it executed, as `COMMAND mark`, or `COMMAND text` where the text has no mark. Queries of Countersign's
 * own say so in a comment, and are no statements of an agent.
 */
export function executedStatements(log: readonly GeneralLogEntry[]): string[] {
  const executed: string[] = [];
  for (const { commandType, argument } of log) {
    const command = COMMANDS[commandType];
    if (command === undefined || argument.startsWith('/* countersign: ')) continue;
    executed.push(`${command} ${MARK.exec(argument)?.[0] ?? argument}`);
  }
  return executed;
}
