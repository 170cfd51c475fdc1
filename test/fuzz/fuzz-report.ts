import type { FuzzReport, SlowInput } from './fuzz-run.js';

/** What the processes of a run found, as text; `isClean` where nothing of it is a failure. */
export function describeReports(
  seed: number,
  reports: readonly FuzzReport[],
): { readonly text: string; readonly isClean: boolean } {
  const sum = (count: (report: FuzzReport) => number): string =>
    String(reports.reduce((total, report) => total + count(report), 0));
  const failures = reports.flatMap((report) => report.failures);
  const tooSlow = reports.flatMap((report) => report.tooSlow);
  const slowest = reports.flatMap((report) => report.slowest).sort((a, b) => b.againMs - a.againMs);
  const peaks = reports.map(({ peakMb }) => `${String(peakMb)} MB`).join(', ');
  const again = (index: number): string =>
    `--seed ${String(seed)} --from ${String(index)} --inputs 1 --analyse-every 1 --workers 1`;
  const lines = [
    `${sum(({ inputs }) => inputs)} inputs through lexer and fingerprint, ${sum(({ analysed }) => analysed)} of them through the analysis`,
    `${String(failures.length)} failures, ${String(tooSlow.length)} above 50 ms each time, ${sum(({ noise }) => noise)} only once; memory at most ${peaks}`,
    ...failures.map(
      ({ index, what, flavour, sqlMode, text }) =>
        `  ${again(index)}: ${what}, ${flavour} ${sqlMode}\n    ${JSON.stringify(text)}`,
    ),
    ...tooSlow.map((slow) => `  ${again(slow.index)}: ${describeSlow(slow)}`),
    'slowest:',
    ...slowest.slice(0, 5).map((slow) => `  ${describeSlow(slow)}`),
    '',
  ];
  return { text: lines.join('\n'), isClean: failures.length === 0 && tooSlow.length === 0 };
}

function describeSlow({ check, bytes, firstMs, againMs, beginning }: SlowInput): string {
  return `${check} ${againMs.toFixed(1)} ms (at first ${firstMs.toFixed(1)}), ${String(bytes)} B: ${JSON.stringify(beginning)}`;
}
