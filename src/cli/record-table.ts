import { printable } from '../printable.js';
import { type Members, members } from './record-members.js';
import type { Paint, Style } from './terminal.js';

/** Records as rows below each other. */
export interface RecordTable {
  readonly head: string;
  /** @param record as parsed from JSON: attacker-controlled, any member may be missing or of another type */
  row(record: unknown): string;
}

interface Column {
  readonly title: string;
  /** Characters; the last column takes what is left. */
  readonly width: number;
  readonly isNumber?: boolean;
  of(record: Members): unknown;
}

const COLUMNS: readonly Column[] = [
  { title: 'TIME', width: 19, of: ({ time }) => String(time).slice(0, 19).replace('T', ' ') },
  { title: 'AGENT', width: 20, of: ({ agent }) => members(agent)['subject'] },
  { title: 'TASK', width: 12, of: ({ task }) => members(task)['id'] },
  { title: 'WHAT', width: 8, of: ({ statement, type }) => members(statement)['operation'] ?? type },
  { title: 'ENDED', width: 7, of: endOf },
  { title: 'ROWS', width: 7, isNumber: true, of: rowsOf },
  { title: 'RULE', width: 20, of: ({ verdict, event }) => members(verdict)['rule'] ?? members(event)['rule'] },
  {
    title: 'STATEMENT',
    width: 20,
    of: ({ statement, event }) => members(statement)['text'] ?? members(event)['reason'],
  },
];
const GAP = '  ';
const STYLES: Readonly<Record<string, Style>> = {
  denied: 'red',
  error: 'yellow',
  unknown: 'yellow',
  aborted: 'yellow',
};

/** @param width characters of a line */
export function recordTable(width: number, paint: Paint): RecordTable {
  const fixed = COLUMNS.slice(0, -1).reduce((sum, column) => sum + column.width + GAP.length, 0);
  const widths = COLUMNS.map((column, at) =>
    at < COLUMNS.length - 1 ? column.width : Math.max(column.width, width - fixed),
  );
  const line = (cells: readonly string[]): string => cells.join(GAP).trimEnd();
  return {
    head: paint('dim', line(COLUMNS.map(({ title, isNumber }, at) => fit(title, widths[at] ?? 0, isNumber)))),
    row: (value) => {
      const record = members(value);
      const style = STYLES[String(endOf(record))];
      const cells = COLUMNS.map(({ of, isNumber }, at) => fit(textOf(of(record)), widths[at] ?? 0, isNumber));
      return style === undefined ? line(cells) : paint(style, line(cells));
    },
  };
}

function endOf({ outcome, event }: Members): unknown {
  return members(outcome)['status'] ?? members(event)['action'];
}

function rowsOf({ outcome }: Members): unknown {
  const { rows, affected } = members(outcome);
  return Number(affected) > 0 ? affected : rows;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? printable(String(value)) : '';

/** A text on so many characters: cut with a dot of three, or filled up. */
function fit(text: string, width: number, isNumber = false): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return isNumber ? cut.padStart(width) : cut.padEnd(width);
}
