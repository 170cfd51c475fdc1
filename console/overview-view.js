// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { createChart } from './chart.js';
import { count } from './format.js';
import { pointsOf, slotsOf } from './overview-points.js';
import { emptyState, pageHead, problem } from './parts.js';
import { hrefOf } from './route.js';
import { visible } from './visible-text.js';

const HOUR_MS = 3_600_000;

/** @typedef {{ readonly label: string, readonly ms: number, readonly step: 'hour' | 'day', readonly since: string }} Span */

const SPANS = /** @type {Readonly<Record<string, Span>>} */ ({
  hour: { label: 'Hour', ms: HOUR_MS, step: 'hour', since: '1h' },
  day: { label: 'Day', ms: 24 * HOUR_MS, step: 'hour', since: '24h' },
  week: { label: 'Week', ms: 7 * 24 * HOUR_MS, step: 'hour', since: '7d' },
  month: { label: '30 days', ms: 30 * 24 * HOUR_MS, step: 'day', since: '30d' },
});
const DEFAULT = 'day';

/** What there was, counted. @returns {import('./route.js').View} */
export function createOverviewView() {
  let pending = new AbortController();
  /** @type {{ dispose(): void }[]} */
  let charts = [];
  const links = h('nav', { class: 'segments', 'aria-label': 'Time' });
  const place = h('div', {}, h('p', { class: 'loading' }, 'Counting …'));
  const clear = () => {
    for (const chart of charts.splice(0)) chart.dispose();
  };

  /**
   * @param {Span} span
   * @param {AbortSignal} signal
   */
  const read = async (span, signal) => {
    const until = new Date();
    const since = new Date(until.getTime() - span.ms);
    try {
      const query = { since: since.toISOString(), until: until.toISOString(), step: span.step };
      const overview = await ask('/v1/overview', { query, signal });
      clear();
      if (overview.total.length === 0)
        return fill(place, emptyState('No statements in this time.', 'Look further back, or wait for the first one.'));
      const slots = slotsOf(since, until, span.step);
      charts = chartsOf(overview, slots);
      fill(
        place,
        totalsOf(overview, span),
        h(
          'div',
          { class: 'charts' },
          charts.map((chart) => /** @type {any} */ (chart).element),
        ),
        listsOf(overview, span),
      );
      for (const chart of charts) /** @type {any} */ (chart).draw();
    } catch (error) {
      if (!signal.aborted) fill(place, problem(error));
    }
  };

  return {
    title: 'Overview',
    element: h('div', { class: 'view' }, pageHead('Overview', links), place),
    update({ params }) {
      const name = Object.hasOwn(SPANS, params['span'] ?? '') ? String(params['span']) : DEFAULT;
      fill(
        links,
        Object.entries(SPANS).map(([key, { label }]) =>
          h(
            'a',
            { href: hrefOf('overview', { params: { span: key } }), 'aria-current': key === name && 'true' },
            label,
          ),
        ),
      );
      pending.abort();
      pending = new AbortController();
      const span = SPANS[name];
      if (span !== undefined) void read(span, pending.signal);
    },
    dispose() {
      pending.abort();
      clear();
    },
  };
}

/**
 * @param {any} overview
 * @param {import('./overview-points.js').Slots} slots
 */
function chartsOf(overview, slots) {
  const total = pointsOf(overview.total, slots);
  const done = total.statements.map(
    (statements, at) => statements - (total.refused[at] ?? 0) - (total.errors[at] ?? 0),
  );
  const by = (/** @type {'agent' | 'operation'} */ kind) =>
    [...new Set(overview.series[kind].map((/** @type {any} */ { name }) => name))].map((name) => ({
      label: String(name),
      values: pointsOf(
        overview.series[kind].filter((/** @type {any} */ point) => point.name === name),
        slots,
      ).statements,
    }));
  return [
    createChart({
      title: 'Statements',
      ...{ slots, isStacked: true, isWide: true },
      series: [
        { label: 'ran', values: done, tone: 'ran' },
        { label: 'refused', values: total.refused, tone: 'bad' },
        { label: 'errors', values: total.errors, tone: 'warn' },
      ],
    }),
    createChart({ title: 'By agent', slots, series: by('agent') }),
    createChart({ title: 'By operation', slots, series: by('operation') }),
  ];
}

/**
 * @param {any} overview
 * @param {Span} span
 */
function totalsOf(overview, { since }) {
  const sum = (/** @type {string} */ name) =>
    overview.total.reduce((/** @type {number} */ all, /** @type {any} */ point) => all + point[name], 0);
  const figure = (
    /** @type {string} */ label,
    /** @type {number} */ value,
    /** @type {string} */ tone,
    /** @type {Record<string, string>} */ params,
  ) =>
    h(
      'a',
      { class: `figure ${value > 0 ? tone : ''}`, href: hrefOf('search', { params: { ...params, since } }) },
      h('b', {}, count(value)),
      h('span', {}, label),
    );
  return h(
    'div',
    { class: 'figures' },
    figure('statements', sum('statements'), '', { type: 'statement' }),
    figure('refused', sum('refused'), 'text-bad', { status: 'denied' }),
    figure('errors', sum('errors'), 'text-warn', { status: 'error' }),
    h(
      'div',
      { class: 'figure' },
      h('b', {}, count(overview.most.agent.length)),
      h('span', {}, overview.most.agent.length === 20 ? 'agents or more' : 'agents'),
    ),
  );
}

/**
 * @param {any} overview
 * @param {Span} span
 */
function listsOf({ most }, { since }) {
  const lists = h('div', { class: 'lists' });
  append(
    lists,
    barList('Agents', most.agent, 'agent', since),
    barList('Tables', most.table, 'table', since),
    barList('Rules that refused or asked', most.rule, 'rule', since),
    barList('Masked columns', most.masked, 'masked', since),
  );
  return lists;
}

/**
 * The most frequent, each with a bar.
 * @param {string} title
 * @param {readonly any[]} entries
 * @param {string} filter
 * @param {string} since
 */
function barList(title, entries, filter, since) {
  const most = Math.max(1, ...entries.map(({ statements }) => statements));
  const rows = entries
    .slice(0, 10)
    .map(({ name, statements, refused }) =>
      h(
        'li',
        {},
        h('a', { class: 'clip', href: hrefOf('search', { params: { [filter]: name, since } }) }, visible(name)),
        h(
          'span',
          { class: 'right' },
          count(statements),
          refused > 0 && h('small', { class: 'text-bad' }, ` ${count(refused)} refused`),
        ),
        h('meter', { min: 0, max: most, value: String(statements), 'aria-hidden': 'true' }),
      ),
    );
  return h(
    'section',
    { class: 'panel' },
    h('h2', {}, title),
    rows.length === 0 ? h('p', { class: 'muted' }, 'None.') : h('ol', { class: 'bars' }, rows),
  );
}
