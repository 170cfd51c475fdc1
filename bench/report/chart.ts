import { type Result, type Times, timesOf } from './result.js';

const WIDTH = 960;
const LABELS = 440;
const VALUES = 72;
const ROW = 18;
const BAR = 10;
const HEAD = 34;
const MARGIN = 16;

// Readable on a light page and on a dark one, whichever the reader's system has.
const STYLE = `
text { font: 11px system-ui, sans-serif; fill: #24292f }
.head { font-weight: 600; font-size: 13px }
.quiet { fill: #57606a }
.page { fill: #ffffff }
.bar { fill: #5b8def }
.missed { fill: #d9822b }
.spread { stroke: #24292f; stroke-width: 1 }
.goal { stroke: #1a7f37; stroke-width: 2 }
.one { stroke: #8c959f; stroke-dasharray: 2 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .quiet { fill: #9da7b3 }
  .page { fill: #0d1117 }
  .bar { fill: #4f7ed6 }
  .missed { fill: #c9731f }
  .spread { stroke: #e6edf3 }
  .goal { stroke: #3fb950 }
  .one { stroke: #6e7681 }
}`;

interface Line {
  readonly name: string;
  readonly times: Times;
  readonly isMissed: boolean;
}

/**
 * Draws the ratios as bars, with their quartiles and their goals, each scenario on a scale of its own.
 * @param isMissed whether a figure has a goal that it misses
 * @returns an SVG document
 */
export function chartOf(results: readonly Result[], isMissed: (result: Result) => boolean): string {
  let top = MARGIN;
  const parts: string[] = [];
  for (const scenario of new Set(results.map((result) => result.scenario))) {
    const lines = results.flatMap((result): Line[] => {
      const times = result.scenario === scenario ? timesOf(result) : undefined;
      return times === undefined ? [] : [{ name: result.name, times, isMissed: isMissed(result) }];
    });
    if (lines.length === 0) continue;
    parts.push(panel(scenario, lines, top));
    top += HEAD + lines.length * ROW + MARGIN;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" role="img">
<title>Ratios to their baselines, with quartiles and goals</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${top}"/>
${parts.join('\n')}
</svg>
`;
}

function panel(scenario: string, lines: readonly Line[], top: number): string {
  const most = Math.max(1, ...lines.flatMap(({ times }) => [times.high, times.goal ?? 0])) * 1.02;
  const at = (value: number): string => (LABELS + (value / most) * (WIDTH - LABELS - VALUES)).toFixed(1);
  const [first, bottom] = [top + HEAD - 6, top + HEAD + lines.length * ROW];
  const rows = lines.map((line, index) => bar(line, top + HEAD + index * ROW, at));
  return [
    `<text class="head" x="${MARGIN}" y="${top + 16}">${escaped(scenario)}</text>`,
    `<line class="one" x1="${at(1)}" x2="${at(1)}" y1="${first}" y2="${bottom}"/>`,
    `<text class="quiet" x="${at(1)}" y="${first - 4}" text-anchor="middle">1 ×</text>`,
    ...rows,
  ].join('\n');
}

function bar({ name, times, isMissed }: Line, top: number, at: (value: number) => string): string {
  const { median, low, high, by, goal } = times;
  const middle = top + BAR / 2;
  const goalLine =
    goal === undefined
      ? ''
      : `<line class="goal" x1="${at(goal)}" x2="${at(goal)}" y1="${top - 3}" y2="${top + BAR + 3}"/>`;
  return [
    `<text x="${LABELS - 8}" y="${top + BAR}" text-anchor="end">${escaped(name)} <tspan class="quiet">by ${escaped(by)}</tspan></text>`,
    `<rect class="bar${isMissed ? ' missed' : ''}" x="${LABELS}" y="${top}" width="${(Number(at(median)) - LABELS).toFixed(1)}" height="${BAR}"/>`,
    `<line class="spread" x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}"/>`,
    goalLine,
    `<text x="${WIDTH - MARGIN}" y="${top + BAR}" text-anchor="end">${median.toFixed(2)} ×</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
