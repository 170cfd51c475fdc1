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
  const bytes = Buffer.from(text);
  return {
    timeMicros: 1_795_000_000_123_456 + no,
    head: Buffer.from(
      joinFragments(
        '"agent":{"subject":"agent-a"}',
        encodeTask({ id: 'task-1', source: 'claim' }),
        encodeSession({ id: 's-1', mode: 'embedded' }),
      ),
    ),
    tail: Buffer.from(encodeDb({ system: 'mariadb' })),
    sessionStatementNo: no,
    command: 'COM_QUERY',
    text: bytes,
    textStart: 0,
    textEnd: bytes.length,
    truncated: false,
    redacted: false,
    parameters: undefined,
    shape: Buffer.from('"operation":"SELECT"'),
    verdict: Buffer.from(encodeVerdict({ effect: 'allow' })),
  };
}

export const OK: StatementOutcome = { status: 'ok', rows: 1, durationMicros: 10 };
