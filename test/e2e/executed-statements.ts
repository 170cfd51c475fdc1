import type { GeneralLogEntry } from '../database/general-log.js';

/** The mark of a statement of the load. */
export const MARK: RegExp = /m-\w+-\d+-\d/;

const COMMANDS: Readonly<Record<string, string>> = {
  Query: 'COM_QUERY',
  Prepare: 'COM_STMT_PREPARE',
  Execute: 'COM_STMT_EXECUTE',
};

/** A statement as the log has it, and what its tag says. */
export interface TaggedStatement {
  readonly agent: string;
  readonly session: string;
  readonly statement: number;
  readonly task: string | undefined;
  readonly text: string;
}

const TAG = /^\/\*agent='([^']*)',session='([^']*)',statement='(\d+)'(?:,task='([^']*)')?\*\/ /;

/** What the log's tags say of each text that the server was sent. @throws Error where one has no tag */
export function taggedStatements(log: readonly GeneralLogEntry[]): TaggedStatement[] {
  return statementsOf(log).flatMap(({ command, argument }) => {
    if (command === 'COM_STMT_EXECUTE') return [];
    const [tag, agent = '', session = '', statement, task] = TAG.exec(argument) ?? [];
    if (tag === undefined) throw new Error(`this statement has no tag: ${argument}`);
    return [{ agent, session, statement: Number(statement), task, text: argument.slice(tag.length) }];
  });
}

/**
 * What the server says it executed, as `COMMAND mark`, or `COMMAND text` where the text has no mark. Queries of Countersign's
 * own say so in a comment, and are no statements of an agent.
 */
export function executedStatements(log: readonly GeneralLogEntry[]): string[] {
  return statementsOf(log).map(
    ({ command, argument }) => `${command} ${MARK.exec(argument)?.[0] ?? argument.replace(TAG, '')}`,
  );
}

function statementsOf(log: readonly GeneralLogEntry[]): { command: string; argument: string }[] {
  return log.flatMap(({ commandType, argument }) => {
    const command = COMMANDS[commandType];
    return command === undefined || argument.startsWith('/* countersign: ') ? [] : [{ command, argument }];
  });
}
