import { type Command, Option } from 'commander';

import type { OpenServer } from '../../adapters/mysql2/open-server.js';
import { defaultPolicy, type PresetName } from '../guardrails/index.js';
import { presets } from '../guardrails/presets.js';
import { type LoadedPolicy, loadPolicy } from '../policy/index.js';
import { type CheckedCaller, type CheckedText, PolicyChecker } from '../session/policy-checker.js';
import { dialectOf } from '../session/session-state.js';
import { openTexts, readTexts } from './check-input.js';
import { checkAsJson, checkAsText, verdictOnText } from './check-report.js';
import { endWithReader, showsColour, UNANSWERED, writeLine } from './terminal.js';

/** The session that statements would be sent on. */
interface SessionDefaults {
  readonly sqlMode?: string | undefined;
  readonly schema?: string | undefined;
}

interface CheckFlags {
  readonly server?: string;
  readonly policy?: string;
  readonly preset?: PresetName;
  readonly file?: string;
  readonly serverVersion: string;
  readonly sqlMode?: string;
  readonly schema?: string;
  readonly environment?: string;
  readonly subject: string;
  readonly group: readonly string[];
  readonly task?: string;
  readonly json?: boolean;
  readonly exitCode?: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Adds `countersign check`. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say what a policy does with statements')
    .argument('[sql...]', 'statements; without any, and without --file, they are read from standard input, one a line')
    .option('--policy <file>', 'policy in YAML or JSON (else the default policy)')
    .addOption(new Option('--preset <name>', 'a preset in its place').choices(Object.keys(presets)).conflicts('policy'))
    .option('--file <file>', 'statements, one a line: SQL, or {"sql": …, "sql_mode": …, "schema": …}')
    .option(
      '--server <url>',
      'mysql://user:password@host:port/schema: look into its views, routines, triggers and keys',
    )
    .addOption(
      new Option('--server-version <version>', 'what the server says, such as 10.11.8-MariaDB')
        .default('8.4.0')
        .conflicts('server'),
    )
    .option('--sql-mode <modes>', "the session's sql_mode")
    .option('--schema <name>', 'the default schema')
    .option('--environment <name>', 'where it would run')
    .option('--subject <name>', 'who would run it', 'check')
    .option('--group <name>', 'a group of who would run it; may be repeated', collect, [])
    .option('--task <id>', 'for which task')
    .option('--json', 'one object a line')
    .option('--exit-code', 'end with 1 where a statement is not allowed')
    .action(runCheck);
}

async function runCheck(sql: readonly string[], flags: CheckFlags): Promise<void> {
  endWithReader(UNANSWERED);
  const policy = await policyOf(flags);
  const server = flags.server === undefined ? undefined : await open(flags.server);
  try {
    const version = server?.version ?? flags.serverVersion;
    const checker = new PolicyChecker(policy, dialectOf(version), flags.environment, server?.source);
    const session = { ...(server && { sqlMode: server.sqlMode, schema: server.namespace }) };
    await checkAll(checker, sql, flags, session);
  } finally {
    await server?.close();
  }
}

/** mysql2 is needed here only. */
async function open(url: string): Promise<OpenServer> {
  const { openServer } = await import('../../adapters/mysql2/open-server.js');
  return openServer(url);
}

async function checkAll(
  checker: PolicyChecker,
  sql: readonly string[],
  flags: CheckFlags,
  session: SessionDefaults,
): Promise<void> {
  const caller: CheckedCaller = { subject: flags.subject, groups: flags.group, taskId: flags.task };
  const colour = showsColour();
  for await (const given of textsOf(sql, flags)) {
    const text = withDefaults(given, flags, session);
    const checks = await checker.check(text, caller);
    if (flags.exitCode === true && verdictOnText(checks) !== 'allow') process.exitCode = 1;
    await writeLine(flags.json === true ? checkAsJson(text, checks) : checkAsText(text, checks, colour));
  }
}

async function policyOf({ policy, preset }: CheckFlags): Promise<LoadedPolicy> {
  if (policy !== undefined) return loadPolicy(policy);
  return { ...(preset === undefined ? defaultPolicy() : presets[preset]()), masks: [] };
}

function textsOf(sql: readonly string[], { file }: CheckFlags): AsyncIterable<CheckedText> | Iterable<CheckedText> {
  if (file !== undefined) return readTexts(openTexts(file), file);
  return sql.length === 0 ? readTexts(process.stdin, 'standard input') : sql.map((text) => ({ sql: text }));
}

/** What the statement says goes before what the command line says, and that before what the server says. */
function withDefaults(text: CheckedText, flags: CheckFlags, session: SessionDefaults): CheckedText {
  const sqlMode = text.sqlMode ?? flags.sqlMode ?? session.sqlMode;
  const schema = text.schema ?? flags.schema ?? session.schema;
  return { ...text, ...(sqlMode !== undefined && { sqlMode }), ...(schema !== undefined && { schema }) };
}
