import { type Goal, isMet, type Result, type Unit } from './result.js';

const HEAD = ['', 'median', 'quartiles', 'baseline', 'ratio', 'quartiles', 'goal', ''];
const GAP = '  ';

/** All figures as a table for the terminal, one part for each scenario. */
export function tableOf(results: readonly Result[]): string {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const parts = scenarios.map((scenario) => {
    const rows = results.filter((result) => result.scenario === scenario).map(cellsOf);
    return alignedRows([[scenario, ...HEAD.slice(1)], ...rows]);
  });
  return `${parts.join('\n\n')}\n`;
}

/** A number with three significant digits, or all that are in front of the point, in its unit. */
export function quantityText(value: number, unit: Unit | '×'): string {
  return unit === '/s' ? `${digits(value)}/s` : `${digits(value)} ${unit}`;
}

/** A goal in words. */
export function goalText({ of, is, limit }: Goal, unit: Unit): string {
  const sign = is === 'at most' ? '≤' : '≥';
  return `${sign} ${quantityText(limit, of === 'ratio' ? '×' : unit)}`;
}

function cellsOf(result: Result): readonly string[] {
  const { name, unit, measured, ratio, goal } = result;
  const met = isMet(result);
  return [
    name,
    quantityText(measured.median, unit),
    measured.runs > 1 ? `${digits(measured.low)}–${digits(measured.high)}` : '',
    ratio === undefined ? '' : `${ratio.by} ${quantityText(ratio.baseline.median, unit)}`,
    ratio === undefined ? '' : quantityText(ratio.median, '×'),
    ratio === undefined || ratio.runs < 2 ? '' : `${digits(ratio.low)}–${digits(ratio.high)}`,
    goal === undefined ? '' : goalText(goal, unit),
    met === undefined ? '' : met ? 'met' : 'missed',
  ];
}

function alignedRows(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join(GAP);
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function pad(cell: string, width: number, toTheLeft: boolean): string {
  const blank = ' '.repeat(Math.max(0, width - [...cell].length));
  return toTheLeft ? `${cell}${blank}` : `${blank}${cell}`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US');
  return size < 0.1 && size > 0 ? value.toPrecision(2) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
