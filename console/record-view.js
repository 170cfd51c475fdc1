// @ts-check
import { fill, h } from './dom.js';
import { pageHead } from './parts.js';
import { showRecord } from './record-drawer.js';

/** One record on a page of its own. @returns {import('./route.js').View} */
export function createRecordView() {
  let pending = new AbortController();
  const place = h('div', { class: 'panel record-page' });
  return {
    title: 'Record',
    element: h('div', { class: 'view narrow' }, pageHead('Record'), place),
    update({ id }) {
      pending.abort();
      pending = new AbortController();
      fill(place, h('p', { class: 'loading' }, 'Reading …'));
      void showRecord(place, id, pending.signal);
    },
    onKey(key) {
      if (key !== 'Escape') return false;
      history.back();
      return true;
    },
    dispose: () => pending.abort(),
  };
}
