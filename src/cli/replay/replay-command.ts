import type { Command } from 'commander';

import type { ReplayConnection } from '../../../adapters/mysql2/replay-connection.js';
import { migrationPolicy, readOnlyPolicy } from '../../guardrails/index.js';
import { PolicyChecker } from '../../session/policy-checker.js';
import { dialectOf } from '../../session/session-state.js';
import { printableJson } from '../../printable.js';
import { members } from '../record-members.js';
import type { SessionSource } from '../session-source.js';
import { noSuchSession } from '../show-command.js';
import { addSourceOptions, openSource, type SourceFlags } from '../source-options.js';
import { endWithReader, showsColour, writeLine } from '../terminal.js';
import { ReplayReport } from './replay-report.js';
import { readRecorded } from './recorded.js';
import { Replayer, type Replayed } from './replayer.js';

interface ReplayFlags extends SourceFlags {
  readonly to: string;
  readonly write?: boolean;
  readonly sameServer?: boolean;
  readonly json?: boolean;
}

/** Adds `countersign replay`. */
export function addReplayCommand(program: Command): void {
  const command = program
    .command('replay')
    .description("run a session's statements again, against a test database, and say what ends otherwise")
    .argument('<session>', 'its id, as countersign sessions lists it')
    .requiredOption('--to <url>', 'mysql://user:password@host:port/schema of the test database')
    .option('--write', 'run what writes, too: else only what reads is run')
    .option('--same-server', 'even where that is the server of the records')
    .option('--json', 'one object a statement, and the summary');
  addSourceOptions(command).action(runReplay);
}

async function runReplay(session: string, flags: ReplayFlags): Promise<void> {
  endWithReader();
  const source = await openSource(flags);
  // mysql2 is needed here only.
  const { openReplayConnection } = await import('../../../adapters/mysql2/replay-connection.js');
  const { openServer } = await import('../../../adapters/mysql2/open-server.js');
  const connection = await openReplayConnection(flags.to);
  try {
    // What views and routines do is asked for beside, where no transaction of the session is open.
    const server = await openServer(flags.to, '--to');
    try {
      const policy = { ...(flags.write === true ? migrationPolicy() : readOnlyPolicy()), masks: [] };
      const checker = new PolicyChecker(policy, dialectOf(connection.version), undefined, server.source);
      await replayAll(session, source, connection, checker, flags);
    } finally {
      await server.close();
    }
  } finally {
    await connection.close();
  }
}

async function replayAll(
  session: string,
  source: SessionSource,
  connection: ReplayConnection,
  checker: PolicyChecker,
  { write = false, sameServer = false, json = false }: ReplayFlags,
): Promise<void> {
  const replayer = new Replayer(connection, checker, { sameServer, readOnly: !write });
  const report = new ReplayReport(showsColour());
  const say = (line: string): Promise<void> => writeLine(json && process.stdout.isTTY ? printableJson(line) : line);
  for await (const text of source.records(session)) {
    const record: unknown = JSON.parse(text);
    if (members(record).type !== 'statement') continue;
    const recorded = readRecorded(record);
    const replayed: Replayed =
      recorded === undefined ? { result: 'skipped', reason: 'malformed' } : await replayer.replay(recorded);
    report.add(replayed);
    const line = json ? report.statementAsJson(recorded, replayed) : report.statementAsText(recorded, replayed);
    if (line !== undefined) await say(line);
  }
  if (report.counts.statements === 0) throw noSuchSession(session);
  await say(json ? report.summaryAsJson(session) : report.summaryAsText());
  if (report.counts.differs > 0) process.exitCode = 1;
}
