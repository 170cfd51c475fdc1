// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { filtersOf, queryOf } from './filters.js';
import { emptyState, pageHead, problem } from './parts.js';
import { createRecordDrawer } from './record-drawer.js';
import { appendRows, markRow, rowHeadings, stepRow } from './record-rows.js';
import { hrefOf } from './route.js';
import { createSavedSearches } from './saved-searches.js';
import { createSearchForm } from './search-form.js';

/** @typedef {import('./route.js').View} View */

const PAGE = '50';
/** A page may be empty and not be the last: so many are read on before somebody has to ask. */
const MAX_EMPTY_PAGES = 20;

/** The search: filters, what was found, the newest first, and one record beside it. @implements {View} */
export class SearchView {
  title = 'Search';
  /** @type {Record<string, string>} */
  #filters = {};
  #asked = '';
  /** @type {string | undefined} */
  #next;
  #pending = new AbortController();
  #form = createSearchForm((changed) => (location.hash = hrefOf('search', { params: changed })));
  #saved = createSavedSearches();
  #list = h('ol', { class: 'rows', 'aria-label': 'Records' });
  #state = h('div', { class: 'list-state', 'aria-live': 'polite' });
  #more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => void this.#load() }, 'More');
  #drawer = createRecordDrawer(() => (location.hash = hrefOf('search', { params: this.#filters })));
  element = h(
    'div',
    { class: 'view' },
    pageHead('Search'),
    this.#form.element,
    this.#saved.element,
    h(
      'div',
      { class: 'split' },
      h('div', { class: 'results' }, rowHeadings(), this.#list, this.#state, this.#more),
      this.#drawer.element,
    ),
  );

  /** @param {import('./route.js').Place} place */
  update({ params }) {
    const { open, ...rest } = params;
    this.#filters = filtersOf(rest);
    this.#form.show(this.#filters);
    this.#saved.show(this.#filters);
    this.#drawer.show(open);
    if (this.#asked !== JSON.stringify(this.#filters) || this.#list.childNodes.length === 0) this.#begin();
    markRow(this.#list, open);
  }

  /** @param {string} key */
  onKey(key) {
    return onListKey(key, this.#list, this.#form, this.#drawer);
  }

  dispose() {
    this.#pending.abort();
  }

  #begin() {
    this.#asked = JSON.stringify(this.#filters);
    this.#pending.abort();
    this.#pending = new AbortController();
    this.#next = undefined;
    fill(this.#list);
    fill(this.#state, h('p', { class: 'loading' }, 'Searching …'));
    void this.#load();
  }

  async #load() {
    const { signal } = this.#pending;
    this.#more.hidden = true;
    try {
      for (let page = 0; page < MAX_EMPTY_PAGES; page++) if (await this.#loadPage(signal)) break;
      markRow(this.#list, this.#drawer.current());
      const isUnfiltered = Object.keys(this.#filters).length === 0;
      fill(this.#state, this.#list.childNodes.length === 0 && nothingFound(isUnfiltered));
    } catch (error) {
      if (!signal.aborted) fill(this.#state, problem(error));
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether there is something to show, or nothing more to come
   */
  async #loadPage(signal) {
    const query = { ...queryOf(this.#filters), order: 'desc', limit: PAGE, after: this.#next };
    const { records, more, next } = await ask('/v1/records', { query, signal });
    this.#next = next;
    appendRows(this.#list, records, (id) => hrefOf('search', { params: { ...this.#filters, open: id } }));
    this.#more.hidden = more !== true;
    return records.length > 0 || more !== true;
  }
}

/**
 * The keys of a list of records.
 * @param {string} key
 * @param {Element} list
 * @param {{ focus(): void }} form
 * @param {ReturnType<typeof createRecordDrawer>} drawer
 */
export function onListKey(key, list, form, drawer) {
  if (key === '/') form.focus();
  else if (key === 'j') stepRow(list, 1);
  else if (key === 'k') stepRow(list, -1);
  else if (key === 'Escape' && drawer.current() !== undefined) drawer.close();
  else return false;
  return true;
}

/** @param {boolean} isUnfiltered */
function nothingFound(isUnfiltered) {
  const box = isUnfiltered
    ? emptyState('No records yet.', 'They are here as soon as a governor sends them to this collector.')
    : emptyState('Nothing fits.', 'Take a filter away, or look further back.');
  if (!isUnfiltered) append(box, h('a', { class: 'button', href: hrefOf('search') }, 'Clear the filters'));
  return box;
}
