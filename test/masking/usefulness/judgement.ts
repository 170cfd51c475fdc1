import type { Answer, Cell } from './answer.js';
import { isOrdered, type UsefulQuery } from './query.js';
import { secretIn } from './shop.js';

/** What came of a query. */
export interface Judgement {
  readonly outcome: 'right' | 'refused' | 'denied' | 'masked too much' | 'different' | 'failed' | 'leaked';
  /** The message, or the columns. */
  readonly why: string;
}

type RowsAnswer = Extract<Answer, { kind: 'rows' }>;

const RIGHT: Judgement = { outcome: 'right', why: '' };

/**
 * Compares what a governed caller got with what it should get.
 * @param stock - what nobody governed
 */
export function judge(query: UsefulQuery, governed: Answer, stock: Answer): Judgement {
  const secret = secretOf(governed);
  if (secret !== undefined) return { outcome: 'leaked', why: secret };
  if ('message' in stock) return { outcome: 'failed', why: `stock: ${stock.message}` };
  if ('message' in governed) return { outcome: governed.kind, why: governed.message };
  if (governed.kind === 'rows' && stock.kind === 'rows') return judgeRows(query, governed, stock);
  const isEqual = governed.kind === 'written' && stock.kind === 'written' && governed.effect === stock.effect;
  return isEqual ? RIGHT : { outcome: 'different', why: 'it has not written the same' };
}

function secretOf(answer: Answer): string | undefined {
  if (answer.kind === 'written') return undefined;
  if (answer.kind !== 'rows') return secretIn(answer.message);
  for (const row of answer.rows) {
    for (const [index, cell] of row.entries()) {
      const secret = cell === null ? undefined : secretIn(cell);
      if (secret !== undefined) return `${answer.columns[index] ?? ''} holds ${secret}`;
    }
  }
  return undefined;
}

function judgeRows(query: UsefulQuery, governed: RowsAnswer, stock: RowsAnswer): Judgement {
  const { columns } = stock;
  if (governed.columns.join() !== columns.join()) return { outcome: 'different', why: 'the columns have other names' };
  if (governed.rows.length !== stock.rows.length) {
    return { outcome: 'different', why: `${String(governed.rows.length)} rows, not ${String(stock.rows.length)}` };
  }
  const isMasked = (index: number): boolean => query.masked.includes(columns[index] ?? '');
  const indexes = [...columns.keys()];
  const same = indexes.filter((index) => !isMasked(index) && isSame(index, governed.rows, stock.rows));
  const shown = indexes.filter(
    (index) => isMasked(index) && !isHidden(cellsOf(index, governed), cellsOf(index, stock)),
  );
  if (shown.length > 0) return { outcome: 'leaked', why: `shows ${namesOf(shown, columns)}` };
  const changed = indexes.filter((index) => !isMasked(index) && !same.includes(index));
  if (changed.length > 0) {
    const isTooMuch = changed.every((index) => isHidden(cellsOf(index, governed), cellsOf(index, stock)));
    return { outcome: isTooMuch ? 'masked too much' : 'different', why: namesOf(changed, columns) };
  }
  const [is, should] = [governed, stock].map(({ rows }) => together(rows, same, isOrdered(query)));
  return is === should ? RIGHT : { outcome: 'different', why: 'the rows are put together or ordered otherwise' };
}

const namesOf = (indexes: readonly number[], columns: readonly string[]): string =>
  indexes.map((index) => columns[index]).join(', ');

const cellsOf = (index: number, { rows }: RowsAnswer): readonly Cell[] => rows.map((row) => row[index] ?? null);

/** Whether a column has the same cells in both, in any order. */
function isSame(index: number, governed: RowsAnswer['rows'], stock: RowsAnswer['rows']): boolean {
  return together(governed, [index], false) === together(stock, [index], false);
}

/** Rows as one text, of some of their columns only. */
function together(rows: RowsAnswer['rows'], indexes: readonly number[], isInOrder: boolean): string {
  const lines = rows.map((row) => JSON.stringify(indexes.map((index) => row[index])));
  return (isInOrder ? lines : lines.sort()).join('\n');
}

/** Whether nothing is left of all cells but what a masker leaves. */
function isHidden(governed: readonly Cell[], stock: readonly Cell[]): boolean {
  const allowed = new Set<Cell>([null, '[masked]', '"[masked]"', ...stock.map(emailForm)]);
  return governed.every((cell) => allowed.has(cell));
}

/** `a***@example.test`; null for what is no address. */
function emailForm(cell: Cell): Cell {
  const address = /^([^@\s])[^@\s]*(@[^@\s]+)$/.exec(cell ?? '');
  return address === null ? null : `${address[1] ?? ''}***${address[2] ?? ''}`;
}
