import type { Command } from 'commander';

import type { SessionSummary } from './collector-client.js';
import { parseCount } from './parse-count.js';
import { parseSince } from './parse-since.js';
import { printable, printableJson } from '../printable.js';
import { lengthOf, microsOf } from './record-clock.js';
import { addSourceOptions, openSource, type SourceFlags } from './source-options.js';
import { endWithReader, painter, showsColour, writeLine, type Paint } from './terminal.js';
import { counted } from './counted.js';

const MAX_LIMIT = 1000;
const MAX_NAMES_CHARS = 200;

interface SessionsFlags extends SourceFlags {
  readonly agent?: string;
  readonly task?: string;
  readonly since?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Adds `countersign sessions`. */
export function addSessionsCommand(program: Command): void {
  const command = program
    .command('sessions')
    .description('list sessions, the newest last')
    .option('--agent <subject>', 'only sessions with a statement of this agent')
    .option('--task <id>', 'only sessions with a statement for this task')
    .option('--since <time>', 'only sessions with a record since then: a time, or 90s, 30m, 2h, 7d ago', parseSince)
    .option('-n, --limit <number>', `how many of the newest, at most ${MAX_LIMIT}`, parseCount, 20)
    .option('--json', 'one object a line');
  addSourceOptions(command).action(runSessions);
}

async function runSessions(flags: SessionsFlags): Promise<void> {
  endWithReader();
  const source = await openSource(flags);
  const { agent, task, since } = flags;
  const limit = Math.min(Math.max(flags.limit, 1), MAX_LIMIT);
  const paint = painter(showsColour());
  for (const session of await source.sessions({ agent, task, since, limit })) {
    await writeLine(flags.json === true ? asJson(session) : asText(session, paint));
  }
}

function asJson(session: SessionSummary): string {
  const { id, agents, tasks, started, ended, statements, refused, errors, server } = session;
  const json = JSON.stringify({ id, agents, tasks, started, ended, statements, refused, errors, server });
  return process.stdout.isTTY ? printableJson(json) : json;
}

/** Two lines: the id, when, and how many; and below who, for what, and where. */
function asText(session: SessionSummary, paint: Paint): string {
  const { id, started, ended, statements, refused, errors } = session;
  const [from, to] = [microsOf(started), microsOf(ended)];
  const length = from === undefined || to === undefined ? undefined : lengthOf(Math.max(0, to - from));
  const head = [
    paint('cyan', printable(id)),
    printable(started?.slice(0, 19).replace('T', ' ') ?? 'at a time that is not known'),
    length === undefined ? undefined : paint('dim', length),
    counted(statements, 'statement'),
    refused === 0 ? undefined : paint('red', `${refused} refused`),
    errors === 0 ? undefined : paint('yellow', counted(errors, 'error')),
  ];
  const who = [
    paint('bold', named(session.agents) ?? 'no identity'),
    session.tasks.length === 0 ? undefined : paint('blue', `task ${named(session.tasks) ?? ''}`),
    session.server === null ? undefined : paint('dim', `at ${printable(session.server)}`),
  ];
  return `${joined(head)}\n    ${joined(who)}`;
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('  ');

function named(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const text = names.join(', ');
  return printable(text.length > MAX_NAMES_CHARS ? `${text.slice(0, MAX_NAMES_CHARS)} …` : text);
}
