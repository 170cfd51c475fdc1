import {
  encodeDb,
  encodeSession,
  encodeTask,
  encodeVerdict,
  joinFragments,
  type StatementIntent,
  type StatementOutcome,
} from '../../src/audit/index.js';

/** An intent whose text names a number. */
export function statementIntent(no: number, text = `SELECT ${no}`): StatementIntent {
  return {
    timeMicros: 1_795_000_000_123_456 + no,
    head: joinFragments(
      '"agent":{"subject":"agent-a"}',
      encodeTask({ id: 'task-1', source: 'claim' }),
      encodeSession({ id: 's-1', mode: 'embedded' }),
    ),
    tail: encodeDb({ system: 'mariadb' }),
    sessionStatementNo: no,
    command: 'COM_QUERY',
    text,
    truncated: false,
    parameters: undefined,
    shape: '"operation":"SELECT"',
    verdict: encodeVerdict({ effect: 'allow' }),
  };
}

export const OK: StatementOutcome = { status: 'ok', rows: 1, durationMicros: 10 };
