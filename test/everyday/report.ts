import type { Judged } from './judged.js';

const HEADER = ['source', 'preset', 'cases', 'understood', 'refused'];

/** Counts for people: one line for each source and preset, and one for all. */
export function tableOf(judged: readonly Judged[]): string {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const key = `${one.statement.source} ${one.statement.preset}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups].map(([key, cases]) => [...key.split(' '), ...countsOf(cases)]);
  return [HEADER, ...rows, ['all', '', ...countsOf(judged)]].map(lineOf).join('\n');
}

function countsOf(cases: readonly Judged[]): readonly string[] {
  const understood = cases.filter((one) => one.understood).length;
  const refused = cases.filter(({ refusal }) => refusal !== undefined).length;
  return [cases.length, understood, refused].map(String);
}

function lineOf(cells: readonly string[]): string {
  return cells.map((cell, index) => (index < 2 ? cell.padEnd(16) : cell.padStart(11))).join('');
}
