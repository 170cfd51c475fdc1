import type { Governor, Identity } from 'countersign';
import { isRefused } from 'countersign/mysql2';
import { paint, say } from '../stage/screen.js';
import type { Stage } from '../stage/stage.js';

/** What each of the programs is given. */
export interface OrmStage extends Stage {
  /** Its own identity is that of the program. */
  readonly governor: Governor;
  /** For whom the program runs what it is asked. */
  readonly agent: Identity;
}

/** What is shown of a customer. */
export interface Shown {
  readonly name: string;
  readonly email?: string | null;
}

/** Shows what an agent has read. */
export function show(customers: readonly Shown[]): void {
  for (const { name, email } of customers) say(`   ${paint('green', `${name} <${String(email)}>`)}`);
}

/** Says why a statement was refused. Throws any other error. */
export function tell(error: unknown): void {
  const { cause, original } = error as { cause?: unknown; original?: unknown };
  // Drizzle and Sequelize have the driver's error in their own.
  const refused = [error, cause, original].find(isRefused);
  if (refused === undefined) throw error;
  const { rule, refusal, recordId } = refused;
  say(`   ${paint('red', `Refused by ${String(rule)}: ${refusal.reason}`)}`);
  say(`   ${paint('red', `Record ${String(recordId)}`)}`);
}
