import { actionOf, type ParsedRecord } from './parsed-record.js';

/** The class of an event, and what was done. */
export interface OcsfActivity {
  readonly category_uid: number;
  readonly class_uid: number;
  readonly class_name: string;
  readonly activity_id: number;
  readonly activity_name: string;
  readonly type_uid: number;
}

const OTHER = 99;

const BASE_EVENT = { category_uid: 0, class_uid: 0, class_name: 'Base Event' };
const AUTHENTICATION = { category_uid: 3, class_uid: 3002, class_name: 'Authentication' };
const DATASTORE_ACTIVITY = { category_uid: 6, class_uid: 6005, class_name: 'Datastore Activity' };

/** Activities of Datastore Activity by the first word of the operation. */
const STATEMENTS: ReadonlyMap<string, readonly [number, string]> = new Map([
  ...entries(2, 'Update', 'UPDATE', 'ALTER', 'RENAME'),
  ...entries(4, 'Query', 'SELECT', 'WITH', 'TABLE', 'VALUES', 'SHOW', 'DESCRIBE', 'EXPLAIN'),
  ...entries(5, 'Write', 'INSERT', 'REPLACE', 'LOAD'),
  ...entries(6, 'Create', 'CREATE'),
  ...entries(7, 'Delete', 'DELETE', 'TRUNCATE', 'DROP'),
]);

/** Activities of Authentication by what happened to the session. */
const SESSIONS: ReadonlyMap<string | undefined, readonly [number, string]> = new Map([
  ['open', [1, 'Logon']],
  ['refused', [1, 'Logon']],
  ['close', [2, 'Logoff']],
]);

function entries(id: number, name: string, ...words: string[]): (readonly [string, readonly [number, string]])[] {
  return words.map((word) => [word, [id, name]] as const);
}

/** The class and activity of a record: statements, sessions and identities have classes of their own, the rest is Base Event. */
export function activityOf(record: ParsedRecord): OcsfActivity {
  const other = [OTHER, actionOf(record)] as const;
  switch (record.type) {
    case 'statement':
      return activity(DATASTORE_ACTIVITY, STATEMENTS.get(firstWordOf(actionOf(record))) ?? other);
    case 'session':
      return activity(AUTHENTICATION, SESSIONS.get(record.event?.action) ?? other);
    case 'identity':
      return activity(AUTHENTICATION, other);
    default:
      return activity(BASE_EVENT, other);
  }
}

function activity(of: typeof BASE_EVENT, [activity_id, activity_name]: readonly [number, string]): OcsfActivity {
  return { ...of, activity_id, activity_name, type_uid: of.class_uid * 100 + activity_id };
}

function firstWordOf(operation: string): string {
  return operation.split(' ', 1)[0]?.toUpperCase() ?? '';
}
