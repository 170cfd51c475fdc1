import { printable } from '../printable.js';
import { members } from './record-members.js';

const MAX_ROWS = 5;
const MAX_ROW_CHARS = 160;

/**
 * The first rows that a record holds of its statement's results, a line each: `id 1  name "Ada"`.
 * @param outcome - attacker-controlled, any member may be missing or of another type
 */
export function capturedRows(outcome: unknown): string[] {
  const { sets } = members(members(outcome).result);
  const lines = list(sets).flatMap((set) => {
    const { columns, rows } = members(set);
    return list(rows).map((row) => rowText(list(columns), list(row)));
  });
  return lines.length > MAX_ROWS ? [...lines.slice(0, MAX_ROWS), '…'] : lines;
}

function rowText(columns: readonly unknown[], row: readonly unknown[]): string {
  const cells = row.slice(0, MAX_ROW_CHARS).map((value, index) => {
    const column = columns[index];
    return `${typeof column === 'string' ? column : '?'} ${JSON.stringify(value)}`;
  });
  const text = printable(cells.join('  ').slice(0, MAX_ROW_CHARS + 1));
  return text.length > MAX_ROW_CHARS ? `${text.slice(0, MAX_ROW_CHARS)} …` : text;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
