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

/** @typedef {import('./route.js').View} View */

const POLL_MS = 1_500;
const FIRST = '50';
const MOST_AT_ONCE = '200';
const MAX_SHOWN = 500;
const NOTHING = 'What fits is shown here as soon as it comes.';

/** What comes, as it comes. @implements {View} */
export class LiveView {
  title = 'Live';
  /** @type {Record<string, string>} */
  #filters = {};
  /** @type {string | undefined} */
  #asked;
  /** @type {string | undefined} */
  #head;
  #stop = () => {};
  #isPaused = false;
  #form = createSearchForm((changed) => (location.hash = hrefOf('live', { params: changed })));
  #list = h('ol', { class: 'rows', 'aria-label': 'Records as they come' });
  #state = h('div', { class: 'list-state' });
  #drawer = createRecordDrawer(() => (location.hash = hrefOf('live', { params: this.#filters })));
  #light = h('span', { class: 'live-light' });
  #label = h('span', {}, 'Live');
  #pause = h(
    'button',
    { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.#toggle() },
    'Pause',
  );
  element = h(
    'div',
    { class: 'view' },
    pageHead('Live tail', h('span', { class: 'live', role: 'status' }, this.#light, this.#label), this.#pause),
    this.#form.element,
    h(
      'div',
      { class: 'split' },
      h('div', { class: 'results' }, rowHeadings(), this.#list, this.#state),
      this.#drawer.element,
    ),
  );

  /** @param {import('./route.js').Place} place */
  update({ params }) {
    const { open, ...rest } = params;
    this.#filters = filtersOf(rest);
    this.#form.show(this.#filters);
    this.#drawer.show(open);
    markRow(this.#list, open);
    if (this.#asked === JSON.stringify(this.#filters)) return;
    this.#asked = JSON.stringify(this.#filters);
    this.#head = undefined;
    fill(this.#list);
    if (this.#isPaused) this.#toggle();
    else this.#start();
  }

  /** @param {string} key */
  onKey(key) {
    if (key !== 'p') return onListKey(key, this.#list, this.#form, this.#drawer);
    this.#toggle();
    return true;
  }

  dispose() {
    this.#stop();
  }

  #start() {
    this.#stop();
    this.#stop = repeat(POLL_MS, (signal) => this.#follow(signal));
  }

  #toggle() {
    this.#isPaused = !this.#isPaused;
    this.#pause.textContent = this.#isPaused ? 'Go on' : 'Pause';
    this.#pause.setAttribute('aria-pressed', String(this.#isPaused));
    this.#light.classList.toggle('is-paused', this.#isPaused);
    this.#label.textContent = this.#isPaused ? 'Paused' : 'Live';
    if (this.#isPaused) this.#stop();
    else this.#start();
  }

  /** @param {AbortSignal} signal */
  async #follow(signal) {
    const after = this.#head;
    const isFirst = after === undefined;
    const page = isFirst ? { order: 'desc', limit: FIRST } : { order: 'asc', limit: MOST_AT_ONCE, after };
    try {
      const answer = await ask('/v1/records', { query: { ...queryOf(this.#filters), ...page }, signal });
      this.#head = isFirst ? answer.head : answer.next;
      this.#prepend(isFirst ? answer.records : answer.records.reverse(), !isFirst);
      fill(this.#state, this.#list.childNodes.length === 0 && emptyState('Nothing has come yet.', NOTHING));
    } catch (error) {
      if (!signal.aborted) fill(this.#state, problem(error));
    }
  }

  /**
   * @param {readonly unknown[]} records the newest first
   * @param {boolean} isNew
   */
  #prepend(records, isNew) {
    const hrefFor = (/** @type {string} */ id) => hrefOf('live', { params: { ...this.#filters, open: id } });
    this.#list.prepend(...records.map((record) => freshRow(record, hrefFor, isNew)));
    while (this.#list.childNodes.length > MAX_SHOWN) this.#list.lastChild?.remove();
    markRow(this.#list, this.#drawer.current());
  }
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
