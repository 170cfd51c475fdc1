/** A record as it came, with what it is looked up by. */
export interface IncomingRecord {
  readonly id: string;
  readonly type: string;
  readonly time: string | null;
  readonly agent: string | null;
  readonly task: string | null;
  readonly session: string | null;
  /** Database server. */
  readonly server: string | null;
  readonly operation: string | null;
  readonly effect: string | null;
  readonly status: string | null;
  readonly writerId: string | null;
  readonly writerSeq: number | null;
  /** The bytes as they came. */
  readonly json: string;
}

const MAX_ID_CHARS = 128;

/**
 * Reads one record. Only its frame is required (`v`, `type`, `id`): what a newer writer adds is kept.
 * @param json - attacker-controlled
 * @returns the record, or what is wrong with it
 */
export function readIncoming(json: string): IncomingRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  const { v, type, id, time, agent, task, session, db, statement, verdict, outcome, writer } = membersOf(value);
  if (v !== 1) return 'v: must be 1';
  if (typeof type !== 'string' || type === '') return 'type: must be a string';
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS)
    return `id: must be a string of at most ${MAX_ID_CHARS} characters`;
  const seq = membersOf(writer).seq;
  return {
    id,
    type,
    time: textOf(time),
    agent: textOf(membersOf(agent).subject),
    task: textOf(membersOf(task).id),
    session: textOf(membersOf(session).id),
    server: textOf(membersOf(db).server),
    operation: textOf(membersOf(statement).operation),
    effect: textOf(membersOf(verdict).effect),
    status: textOf(membersOf(outcome).status),
    writerId: textOf(membersOf(writer).id),
    writerSeq: Number.isSafeInteger(seq) ? (seq as number) : null,
    json,
  };
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
