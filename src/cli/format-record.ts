import { printable } from '../printable.js';
import { type Members, members } from './record-members.js';
import { type Paint, painter } from './terminal.js';
import { counted } from './counted.js';

/** Options of {@link formatRecord}. */
export interface FormatOptions {
  /** Whether to colour the text. */
  readonly colour: boolean;
  /** As part of a session that is shown in order: with this in the place of the hour, without agent and task, with the rule that allowed it. */
  readonly clock?: string | undefined;
}

const MAX_TEXT_CHARS = 240;
const MAX_PARAMETERS_CHARS = 120;
const MAX_NAME_CHARS = 80;
const MAX_NOTES = 8;

/**
 * A record as a person reads it: who and for what, what was done, how it ended; and the statement on a line of its own.
 * @param record - a record as parsed from JSON: attacker-controlled, any member may be missing or of another type
 * @returns one or more lines without a final newline, with no control characters but the colours' own
 */
export function formatRecord(record: unknown, options: FormatOptions): string {
  const paint = painter(options.colour);
  const root = members(record);
  const { clock } = options;
  const head =
    clock === undefined
      ? [paint('dim', text(root.time, MAX_NAME_CHARS)?.slice(11, 23) ?? '--:--:--.---'), callerOf(root, paint)]
      : [paint('dim', clock)];
  const rest = root.type === 'statement' ? statementLines(root, paint, clock !== undefined) : eventLine(root, paint);
  return [...head, ...rest]
    .filter((part) => part !== undefined)
    .join('  ')
    .replaceAll('  \n', '\n');
}

function statementLines(root: Members, paint: Paint, namesRule: boolean): (string | undefined)[] {
  const statement = members(root.statement);
  const outcome = members(root.outcome);
  const masked = names(outcome.masked);
  const parameters =
    statement.parameters === undefined
      ? undefined
      : cut(printable(JSON.stringify(statement.parameters)), MAX_PARAMETERS_CHARS);
  return [
    paint('cyan', text(statement.summary, MAX_NAME_CHARS) ?? text(statement.operation, MAX_NAME_CHARS) ?? 'statement'),
    statement.command === 'COM_STMT_PREPARE' ? paint('dim', 'prepared') : undefined,
    statusOf(outcome, paint),
    ...figures(outcome).map((figure) => paint('dim', figure)),
    masked === undefined ? undefined : paint('magenta', `masked ${masked}`),
    verdictOf(members(root.verdict), paint, namesRule),
    ...notesOf(members(root.verdict)).map((note) => paint('yellow', note)),
    `\n    ${text(statement.text, MAX_TEXT_CHARS) ?? ''}${statement.truncated === true ? ' …' : ''}`,
    parameters === undefined ? undefined : paint('dim', parameters),
  ];
}

function eventLine(root: Members, paint: Paint): (string | undefined)[] {
  const event = members(root.event);
  const kind = text(root.type, MAX_NAME_CHARS) ?? 'record';
  const action = text(event.action, MAX_NAME_CHARS);
  return [
    paint('cyan', action === undefined ? kind : `${kind} ${action}`),
    text(members(root.statement).summary, MAX_NAME_CHARS),
    text(event.reason, MAX_TEXT_CHARS),
  ];
}

/** Who it was, and for what. @param root - a record as parsed from JSON: attacker-controlled */
export function callerOf(root: Members, paint: Paint): string {
  return [paint('bold', agentOf(root)), taskOf(root, paint)].filter((part) => part !== undefined).join('  ');
}

function agentOf(root: Members): string {
  const agent = members(root.agent);
  return text(agent.name, MAX_NAME_CHARS) ?? text(agent.subject, MAX_NAME_CHARS) ?? 'no identity';
}

function taskOf(root: Members, paint: Paint): string | undefined {
  const task = text(members(root.task).id, MAX_NAME_CHARS);
  return task === undefined ? undefined : paint('blue', `task ${task}`);
}

function statusOf(outcome: Members, paint: Paint): string {
  const status = text(outcome.status, MAX_NAME_CHARS) ?? 'unknown';
  const error = members(outcome.error);
  const code = typeof error.code === 'number' ? ` ${error.code}` : '';
  const message = text(error.message, MAX_TEXT_CHARS);
  const style = status === 'ok' ? 'green' : status === 'denied' || status === 'error' ? 'red' : 'yellow';
  return paint(style, `${status}${code}${message === undefined ? '' : `: ${message}`}`);
}

function verdictOf(verdict: Members, paint: Paint, namesRule: boolean): string | undefined {
  const effect = text(verdict.effect, MAX_NAME_CHARS);
  if (effect === undefined) return undefined;
  const deciding = text(verdict.rule, MAX_NAME_CHARS);
  if (effect === 'allow') {
    return namesRule ? paint('dim', deciding === undefined ? 'allowed' : `allowed by ${deciding}`) : undefined;
  }
  const approval = members(verdict.approval);
  if (approval.decision === 'approved') {
    const words = text(approval.reason, MAX_TEXT_CHARS);
    const by = text(approval.by, MAX_NAME_CHARS) ?? 'somebody';
    return paint('green', `approved by ${by}${words === undefined ? '' : `: ${words}`}`);
  }
  const reason = text(verdict.reason, MAX_TEXT_CHARS);
  return paint(
    'red',
    [effect, deciding === undefined ? '' : ` by ${deciding}`, reason === undefined ? '' : `: ${reason}`].join(''),
  );
}

/** Rules that matched and did not decide. */
function notesOf({ notes }: Members): string[] {
  if (!Array.isArray(notes)) return [];
  return notes.slice(0, MAX_NOTES).map((note: unknown) => {
    const { effect, rule, reason } = members(note);
    const what = effect === 'warn' ? 'warning' : `would ${text(effect, MAX_NAME_CHARS) ?? 'decide'}`;
    return `${what} (${text(rule, MAX_NAME_CHARS) ?? '?'}: ${text(reason, MAX_TEXT_CHARS) ?? ''})`;
  });
}

function figures(outcome: Members): string[] {
  const found: string[] = [];
  const { rows, affected, duration_us: micros } = outcome;
  if (typeof rows === 'number') found.push(counted(rows, 'row'));
  if (typeof affected === 'number' || (typeof affected === 'string' && /^\d{1,20}$/.test(affected)))
    found.push(`${affected} affected`);
  if (typeof micros === 'number') found.push(`${(micros / 1000).toFixed(1)} ms`);
  return found;
}

const cut = (long: string, maxChars: number): string =>
  long.length > maxChars ? `${long.slice(0, maxChars)} …` : long;

function text(value: unknown, maxChars: number): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(printable(value.slice(0, maxChars + 1)), maxChars) : undefined;
}

function names(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return cut(printable(value.filter((name) => typeof name === 'string').join(', ')), MAX_TEXT_CHARS);
}
