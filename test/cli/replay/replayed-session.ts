import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DatabaseAddress } from '../../database/index.js';
import type { TestSchema } from '../../database/schema.js';
import { temporaryDirectory } from '../../audit/trail-fixtures.js';
import { type Ended, parsedLines, runCommand } from '../run-command.js';
import { asLines } from '../session-records.js';

/** A file of records, removed after the test. */
export function fileOf(records: readonly object[]): string {
  const path = join(temporaryDirectory(), 'records.jsonl');
  writeFileSync(path, asLines(records));
  return path;
}

/** How the command line names a schema. */
export function urlOf(schema: TestSchema, host: string = schema.connection.host): string {
  const { user, password, port, database } = schema.connection;
  const ssl = encodeURIComponent(JSON.stringify({ rejectUnauthorized: false }));
  return `mysql://${user}:${password}@${host}:${port}/${database}?ssl=${ssl}`;
}

/** What `--same-server` is needed for, where both databases are one that was given. */
export function flagsFor(recorded: DatabaseAddress, other: DatabaseAddress): readonly string[] {
  return recorded.host === other.host && recorded.port === other.port ? ['--same-server'] : [];
}

/** What became of each statement, and the summary. */
export interface Result extends Ended {
  readonly statements: readonly Record<string, unknown>[];
  readonly summary: Record<string, unknown>;
}

/** Runs `countersign replay --json` over records of one session. */
export async function replay(records: readonly object[], to: string, ...flags: readonly string[]): Promise<Result> {
  const { session } = records[0] as { session: { id: string } };
  const args = ['replay', session.id, '--file', fileOf(records), '--to', to, '--json', ...flags];
  const ended = await runCommand(args);
  const lines = parsedLines(ended);
  return { ...ended, statements: lines.slice(0, -1), summary: (lines.at(-1)?.['summary'] ?? {}) as Result['summary'] };
}
