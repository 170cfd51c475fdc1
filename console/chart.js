// @ts-check
import { append, fill, h } from './dom.js';
import { count } from './format.js';
import { theme } from './theme.js';
import uPlot from './uplot.js';
import { shortText } from './visible-text.js';

/** @typedef {{ readonly label: string, readonly values: readonly number[], readonly tone?: string }} ChartSeries */
/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {import('./overview-points.js').Slots} slots
 * @property {readonly ChartSeries[]} series
 * @property {boolean} [isStacked]
 * @property {boolean} [isWide]
 */

const HEIGHT = 220;

/**
 * A chart over time with its legend, which follows the pointer, and its numbers as a table.
 * @param {ChartOptions} options
 */
export function createChart(options) {
  const { title, slots, series, isWide } = options;
  const canvas = h('div', { class: 'chart', role: 'img', 'aria-label': summaryOf(options) });
  const values = series.map(() => h('b', {}));
  const when = h('span', { class: 'muted chart-when' });
  const legend = h(
    'ul',
    { class: 'legend' },
    series.map(({ label, tone }, at) =>
      h('li', {}, h('i', { class: `key key-${tone ?? at}` }), shortText(label, 40), ' ', values[at]),
    ),
  );
  const element = h(
    'section',
    { class: `panel chart-panel${isWide ? ' is-wide' : ''}` },
    h('div', { class: 'chart-head' }, h('h2', {}, title), when),
    legend,
    canvas,
    numbersOf(options),
  );
  /** @param {number | null | undefined} at slot that is pointed at */
  const point = (at) => {
    when.textContent =
      at === null || at === undefined
        ? ''
        : `${(slots.names[at] ?? '').replace('T', ' ')}${slots.step === 'hour' ? ':00' : ''} UTC`;
    for (const [index, { values: all }] of series.entries()) {
      const value = at === null || at === undefined ? all.reduce((sum, one) => sum + one, 0) : (all[at] ?? 0);
      fill(/** @type {Element} */ (values[index]), count(value));
    }
  };
  /** @type {uPlot | undefined} */
  let plot;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(plotOptions(options, canvas, point), plotData(options), canvas);
    point(undefined);
  };
  const resized = new ResizeObserver(() => {
    const width = canvas.clientWidth;
    if (plot !== undefined && width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  });
  theme.addEventListener('change', draw);
  return {
    element,
    draw() {
      draw();
      resized.observe(canvas);
    },
    dispose() {
      theme.removeEventListener('change', draw);
      resized.disconnect();
      plot?.destroy();
    },
  };
}

/**
 * @param {ChartOptions} options
 * @returns {any}
 */
function plotData({ slots, series, isStacked }) {
  if (!isStacked) return [slots.seconds, ...series.map(({ values }) => values)];
  // What stands on top is drawn first, so that the bars below it cover the rest.
  const sums = series.map((_one, at) =>
    slots.seconds.map((_second, slot) =>
      series.slice(0, at + 1).reduce((sum, { values }) => sum + (values[slot] ?? 0), 0),
    ),
  );
  return [slots.seconds, ...sums.reverse()];
}

/**
 * @param {ChartOptions} options
 * @param {HTMLElement} canvas
 * @param {(at: number | null | undefined) => void} onPoint
 * @returns {uPlot.Options}
 */
function plotOptions({ slots, series, isStacked }, canvas, onPoint) {
  const style = getComputedStyle(canvas);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const tones = series.map(({ tone }, at) => colour(tone === undefined ? `chart-${at}` : `chart-${tone}`));
  const bars = uPlot.paths.bars?.({ size: [0.8, 48], align: 1 });
  const drawn = isStacked
    ? [...tones]
        .reverse()
        .map((tone) => ({ stroke: tone, fill: tone, width: 0, ...(bars && { paths: bars }), points: { show: false } }))
    : tones.map((tone) => ({
        stroke: tone,
        width: 2,
        points: { show: slots.seconds.length < 3, size: 6, fill: tone },
      }));
  const axis = {
    stroke: colour('muted'),
    font: `12px ${style.fontFamily}`,
    ticks: { show: false },
    border: { show: false },
  };
  const step = (slots.seconds[1] ?? 0) - (slots.seconds[0] ?? 0);
  return {
    ...{ width: Math.max(200, canvas.clientWidth), height: HEIGHT, legend: { show: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isStacked } },
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx)] },
    scales: {
      x: { range: (_plot, from, to) => [from, isStacked ? to + step : Math.max(to, from + 1)] },
      y: { range: (_plot, _from, to) => [0, Math.max(4, to * 1.08)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        ...{ space: 70, size: 28 },
        values: (_plot, splits) => splits.map((second) => tickOf(second, slots.step)),
      },
      {
        ...axis,
        grid: { stroke: colour('line'), width: 1 },
        size: 48,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8],
        values: (_plot, splits) => splits.map((value) => count(value)),
      },
    ],
    series: [{}, ...drawn],
  };
}

/**
 * @param {number} second
 * @param {'hour' | 'day'} step
 */
function tickOf(second, step) {
  const time = new Date(second * 1_000).toISOString();
  return step === 'day' || time.slice(11, 16) === '00:00' ? time.slice(5, 10) : time.slice(11, 16);
}

/** @param {ChartOptions} options */
function summaryOf({ title, series }) {
  const parts = series.map(
    ({ label, values }) => `${shortText(label, 40)} ${count(values.reduce((sum, one) => sum + one, 0))}`,
  );
  return `${title} over time: ${parts.join(', ')}`;
}

/** @param {ChartOptions} options */
function numbersOf({ title, slots, series }) {
  const details = h('details', { class: 'numbers' }, h('summary', {}, 'Numbers'));
  const show = () => {
    const head = h(
      'tr',
      {},
      h('th', { scope: 'col' }, 'Time (UTC)'),
      series.map(({ label }) => h('th', { scope: 'col', class: 'right' }, shortText(label, 40))),
    );
    const rows = slots.names.map((name, at) =>
      h(
        'tr',
        {},
        h('td', {}, name.replace('T', ' ')),
        series.map(({ values }) => h('td', { class: 'right' }, count(values[at] ?? 0))),
      ),
    );
    append(
      details,
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `${title}, numbers` },
        h('table', { class: 'table' }, h('thead', {}, head), h('tbody', {}, rows)),
      ),
    );
  };
  details.addEventListener('toggle', show, { once: true });
  return details;
}
