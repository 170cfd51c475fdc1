/** Records of a session, as a writer makes them. */

/** What of a record a test says itself. */
export interface RecordParts {
  readonly session?: string;
  readonly no: number;
  readonly seq?: number;
  readonly writer?: string;
  /** Milliseconds after the session's start. */
  readonly atMs?: number;
  readonly agent?: string;
  readonly task?: string;
  readonly text?: string;
  readonly status?: string;
  readonly statement?: object;
  readonly outcome?: object;
  readonly verdict?: object;
  readonly db?: object;
}

const START_MS = Date.UTC(2026, 10, 20, 22, 40, 1);

/** The record of a statement. */
export function statementRecord(parts: RecordParts): Record<string, unknown> {
  const { session = 's-1', no, seq = no, writer = 'w-1', atMs = no * 10, agent = 'support', task = 'T-1' } = parts;
  return {
    v: 1,
    type: 'statement',
    id: `${session}-${no}`,
    time: new Date(START_MS + atMs).toISOString().replace('Z', '000Z'),
    writer: { id: writer, seq },
    agent: { subject: agent },
    task: { id: task, source: 'asserted' },
    session: { id: session, mode: 'embedded', statement_no: no },
    db: { system: 'mariadb', server: 'db1:3306', namespace: 'shop', user: 'svc', ...parts.db },
    statement: { command: 'COM_QUERY', text: parts.text ?? `SELECT ${no}`, summary: 'SELECT', ...parts.statement },
    verdict: { effect: 'allow', rule: 'reads', ...parts.verdict },
    outcome: { status: parts.status ?? 'ok', rows: 1, duration_us: 830, ...parts.outcome },
  };
}

/** Records as lines of a file. */
export function asLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
