// @ts-check
import { ask } from './api.js';
import { fill, h } from './dom.js';
import { filtersOf, queryOf } from './filters.js';
import { emptyState, pageHead, problem } from './parts.js';
import { createRecordDrawer } from './record-drawer.js';
import { markRow, recordRow, rowHeadings } from './record-rows.js';
import { repeat } from './repeat.js';
import { hrefOf } from './route.js';
import { createSearchForm } from './search-form.js';
import { onListKey } from './search-view.js';

const POLL_MS = 1_500;
const FIRST = '50';
const MOST_AT_ONCE = '200';
const MAX_SHOWN = 500;

/** What comes, as it comes. @returns {import('./route.js').View} */
export function createLiveView() {
  /** @type {Record<string, string>} */
  let filters = {};
  /** @type {string | undefined} */
  let asked;
  /** @type {string | undefined} */
  let head;
  let stop = () => {};
  let isPaused = false;
  const form = createSearchForm((changed) => (location.hash = hrefOf('live', { params: changed })));
  const list = h('ol', { class: 'rows', 'aria-label': 'Records as they come' });
  const state = h('div', { class: 'list-state' });
  const drawer = createRecordDrawer(() => (location.hash = hrefOf('live', { params: filters })));
  const hrefFor = (/** @type {string} */ id) => hrefOf('live', { params: { ...filters, open: id } });
  const light = h('span', { class: 'live-light' });
  const label = h('span', {}, 'Live');
  const pause = h(
    'button',
    { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => toggle() },
    'Pause',
  );

  /** @param {AbortSignal} signal */
  const follow = async (signal) => {
    try {
      const isFirst = head === undefined;
      const query = {
        ...queryOf(filters),
        ...(isFirst ? { order: 'desc', limit: FIRST } : { order: 'asc', limit: MOST_AT_ONCE, after: head }),
      };
      const answer = await ask('/v1/records', { query, signal });
      head = isFirst ? answer.head : answer.next;
      const records = isFirst ? answer.records : answer.records.reverse();
      list.prepend(...records.map((/** @type {unknown} */ record) => freshRow(record, hrefFor, !isFirst)));
      while (list.childNodes.length > MAX_SHOWN) list.lastChild?.remove();
      markRow(list, drawer.current());
      fill(
        state,
        list.childNodes.length === 0 &&
          emptyState('Nothing has come yet.', 'What fits is shown here as soon as it comes.'),
      );
    } catch (error) {
      if (!signal.aborted) fill(state, problem(error));
    }
  };
  const start = () => {
    stop();
    stop = repeat(POLL_MS, follow);
  };
  const toggle = () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? 'Go on' : 'Pause';
    pause.setAttribute('aria-pressed', String(isPaused));
    light.classList.toggle('is-paused', isPaused);
    label.textContent = isPaused ? 'Paused' : 'Live';
    if (isPaused) stop();
    else start();
  };

  const results = h('div', { class: 'results' }, rowHeadings(), list, state);
  return {
    title: 'Live',
    element: h(
      'div',
      { class: 'view' },
      pageHead('Live tail', h('span', { class: 'live', role: 'status' }, light, label), pause),
      form.element,
      h('div', { class: 'split' }, results, drawer.element),
    ),
    update({ params }) {
      const { open, ...rest } = params;
      filters = filtersOf(rest);
      form.show(filters);
      drawer.show(open);
      markRow(list, open);
      if (asked === JSON.stringify(filters)) return;
      asked = JSON.stringify(filters);
      head = undefined;
      fill(list);
      if (isPaused) toggle();
      else start();
    },
    onKey(key) {
      if (key !== 'p') return onListKey(key, list, form, drawer);
      toggle();
      return true;
    },
    dispose: () => stop(),
  };
}

/**
 * @param {unknown} record
 * @param {(id: string) => string} hrefFor
 * @param {boolean} isNew
 */
function freshRow(record, hrefFor, isNew) {
  const row = recordRow(record, hrefFor);
  if (isNew) row.classList.add('is-new');
  return row;
}
