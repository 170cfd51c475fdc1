import type { CheckedText, StatementCheck } from '../session/policy-checker.js';
import type { TouchedTable } from '../sql/index.js';
import { printable } from '../printable.js';
import { painter } from './terminal.js';

const MAX_TEXT_CHARS = 240;
const STRENGTH: Readonly<Record<StatementCheck['verdict'], number>> = { deny: 2, approve: 1, allow: 0 };
const STYLE = { deny: 'red', approve: 'yellow', allow: 'green' } as const;

/** The statement that decides what becomes of a text: the first of those with the strictest verdict. */
function decisive(checks: readonly StatementCheck[]): StatementCheck | undefined {
  return checks.reduce<StatementCheck | undefined>(
    (worst, check) => (worst !== undefined && STRENGTH[worst.verdict] >= STRENGTH[check.verdict] ? worst : check),
    undefined,
  );
}

/** The verdict on a text: all of its statements run, or none. */
export function verdictOnText(checks: readonly StatementCheck[]): StatementCheck['verdict'] {
  return decisive(checks)?.verdict ?? 'deny';
}

/**
 * One JSON object for a text. Where it holds several statements, `operation`, `rule` and `reason` are those of the one that decides, `tables`
 * and `facts` those of all, and `statements` has each.
 */
export function checkAsJson({ sql }: CheckedText, checks: readonly StatementCheck[]): string {
  const deciding = decisive(checks);
  return JSON.stringify({
    sql,
    understood: checks.every(({ understood }) => understood),
    operation: deciding?.operation,
    tables: checks.flatMap(({ tables }) => tables),
    facts: [...new Set(checks.flatMap(({ facts }) => facts))],
    verdict: verdictOnText(checks),
    rule: deciding?.rule,
    reason: deciding?.reason,
    notes: checks.flatMap(({ notes }) => notes),
    masked: checks.flatMap(({ masked }) => masked),
    digest: deciding?.digest,
    ...(checks.length > 1 && { statements: checks }),
  });
}

function tableAsText({ schema, table, access, via }: TouchedTable): string {
  return `${schema ?? '?'}.${table} (${via === undefined ? access : `${access} by ${via}`})`;
}

function maskAsText({ output, mask, columns }: StatementCheck['masked'][number]): string {
  return `${output} by ${mask}, as it ${columns.length === 1 ? 'is' : 'may be'} made of ${columns.join(', ')}`;
}

/** What a person wants to read of each statement, in a few lines without a final newline. */
export function checkAsText({ sql }: CheckedText, checks: readonly StatementCheck[], colour: boolean): string {
  const paint = painter(colour);
  const lines = checks.flatMap((check) => {
    const tables = check.tables.map(tableAsText).join(', ');
    const verdict = paint(STYLE[check.verdict], check.verdict);
    const rule = check.rule === undefined ? 'no rule decides' : `rule ${check.rule}`;
    const reason = check.reason === undefined ? '' : `: ${printable(check.reason)}`;
    return [
      `${verdict}  ${paint('bold', printable(check.operation))}  ${paint('dim', rule)}${reason}`,
      ...(tables === '' ? [] : [`    tables  ${printable(tables)}`]),
      ...(check.facts.length === 0 ? [] : [`    facts   ${check.facts.join(', ')}`]),
      ...check.masked.map((output) => `    mask    ${printable(maskAsText(output))}`),
      ...check.notes.map((note) => `    note    ${note.effect} by ${note.rule}: ${printable(note.reason)}`),
    ];
  });
  const text = printable(sql);
  const shown = text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)} …` : text;
  return [paint('cyan', shown), ...lines.map((line) => `  ${line}`)].join('\n');
}
