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

const PAGE = '50';
/** A page may be empty and not be the last: so many are read on before somebody has to ask. */
const MAX_EMPTY_PAGES = 20;

/** The search: filters, what was found, the newest first, and one record beside it. @returns {import('./route.js').View} */
export function createSearchView() {
  /** @type {Record<string, string>} */
  let filters = {};
  let asked = '';
  /** @type {string | undefined} */
  let next;
  let pending = new AbortController();
  const form = createSearchForm((changed) => (location.hash = hrefOf('search', { params: changed })));
  const saved = createSavedSearches();
  const list = h('ol', { class: 'rows', 'aria-label': 'Records' });
  const state = h('div', { class: 'list-state', 'aria-live': 'polite' });
  const more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => void load() }, 'More');
  const drawer = createRecordDrawer(() => (location.hash = hrefOf('search', { params: filters })));
  const hrefFor = (/** @type {string} */ id) => hrefOf('search', { params: { ...filters, open: id } });
  const results = h('div', { class: 'results' }, rowHeadings(), list, state, more);

  const load = async () => {
    const { signal } = pending;
    more.hidden = true;
    state.setAttribute('aria-busy', 'true');
    try {
      for (let page = 0; page < MAX_EMPTY_PAGES; page++) {
        const answer = await ask('/v1/records', {
          query: { ...queryOf(filters), order: 'desc', limit: PAGE, after: next },
          signal,
        });
        next = answer.next;
        appendRows(list, answer.records, hrefFor);
        more.hidden = answer.more !== true;
        if (answer.records.length > 0 || answer.more !== true) break;
      }
      markRow(list, drawer.current());
      fill(state, list.childNodes.length === 0 && nothingFound(Object.keys(filters).length === 0));
    } catch (error) {
      if (!signal.aborted) fill(state, problem(error));
    } finally {
      if (!signal.aborted) state.removeAttribute('aria-busy');
    }
  };

  return {
    title: 'Search',
    element: h(
      'div',
      { class: 'view' },
      pageHead('Search'),
      form.element,
      saved.element,
      h('div', { class: 'split' }, results, drawer.element),
    ),
    update({ params }) {
      const { open, ...rest } = params;
      filters = filtersOf(rest);
      form.show(filters);
      saved.show(filters);
      drawer.show(open);
      if (asked !== JSON.stringify(filters) || list.childNodes.length === 0) {
        asked = JSON.stringify(filters);
        pending.abort();
        pending = new AbortController();
        next = undefined;
        fill(list);
        fill(state, h('p', { class: 'loading' }, 'Searching …'));
        void load();
      } else {
        for (const row of list.querySelectorAll('a.row'))
          row.setAttribute('href', hrefFor(row.getAttribute('data-id') ?? ''));
      }
      markRow(list, open);
    },
    onKey: (key) => onListKey(key, list, form, drawer),
    dispose: () => pending.abort(),
  };
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
